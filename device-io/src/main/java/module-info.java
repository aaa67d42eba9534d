/** Native memory and storage devices: what Peregrine knows of the operating system. */
@SuppressWarnings("module")
module dev.peregrine.device {
  exports dev.peregrine.device;
  exports dev.peregrine.memory to
      dev.peregrine.engine;
}
