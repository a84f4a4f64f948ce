package io.matrixrtc.session;

import io.matrixrtc.keys.KeyEvent;

/** Counts for {@link SessionStatistics}. Confined to the session's executor. */
final class SessionCounters {
  private long keysSent;
  private long keysServed;
  private long keysReceived;
  private int maxMembers;
  private long requests;
  private long failedRequests;
  private long membershipsLost;
  private long timesProbablyLeft;

  void on(KeyEvent event) {
    if (event instanceof KeyEvent.RotationStarted started && started.recipients() > 0) {
      keysSent++;
    } else if (event instanceof KeyEvent.KeyServed) {
      keysServed++;
    } else if (event instanceof KeyEvent.RemoteKeyReceived) {
      keysReceived++;
    }
  }

  void on(OwnMembershipEvent event) {
    if (event instanceof OwnMembershipEvent.MembershipLost) {
      membershipsLost++;
    } else if (event instanceof OwnMembershipEvent.ProbablyLeft left && left.value()) {
      timesProbablyLeft++;
    }
  }

  void request(boolean succeeded) {
    requests++;
    failedRequests += succeeded ? 0 : 1;
  }

  void members(int count) {
    maxMembers = Math.max(maxMembers, count);
  }

  SessionStatistics statistics() {
    return new SessionStatistics(
        keysSent,
        keysServed,
        keysReceived,
        maxMembers,
        requests,
        failedRequests,
        membershipsLost,
        timesProbablyLeft);
  }
}
