package dev.peregrine.internal.cpr;

import java.util.List;

/** The sessions of a store, for the coordinator. Any thread may call any method. */
public interface Participants {
  /** Those open now. */
  List<? extends Participant> open();

  /**
   * The commit points of the sessions, open, closed and recovered, before a version that all of
   * them have reached. Asked once for a version.
   */
  List<SessionCut> cutsBefore(long version);

  /** What lies before these commit points is durable. */
  void committed(List<SessionCut> cuts);

  /** The sessions that are inside an operation since this epoch or earlier, in words. */
  String namesOfLaggards(long epoch);
}
