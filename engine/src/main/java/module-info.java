/** The key-value store on a hybrid log. */
module dev.peregrine.engine {
  requires transitive dev.peregrine.device;
  requires org.agrona;

  exports dev.peregrine;
}
