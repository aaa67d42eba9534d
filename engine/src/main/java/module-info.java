/** The key-value store on a hybrid log, and the durable log. */
module dev.peregrine.engine {
  requires transitive dev.peregrine.device;
  requires org.agrona;

  exports dev.peregrine;
  exports dev.peregrine.log;
}
