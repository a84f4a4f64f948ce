package io.matrixrtc.session;

import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The callers who wait for a join or a leave. Confined to the session's executor. */
final class Waiting {
  private @Nullable CompletableFuture<JoinResult> nextJoin;
  private @Nullable CompletableFuture<JoinResult> join;
  private final List<CompletableFuture<LeaveResult>> leaves = new ArrayList<>();

  /** Counts from the next time that the own membership begins. */
  void join(CompletableFuture<JoinResult> result) {
    nextJoinEnds(new JoinResult.AlreadyJoined());
    nextJoin = result;
  }

  void leave(CompletableFuture<LeaveResult> result) {
    leaves.add(result);
    nextJoinEnds(new JoinResult.Left());
    joinEnds(new JoinResult.Left());
  }

  void on(OwnMembershipEvent event) {
    if (event instanceof OwnMembershipEvent.JoinForbidden forbidden) {
      joinEnds(new JoinResult.Forbidden(forbidden.message()));
    } else if (event instanceof OwnMembershipEvent.JoinUnsupported unsupported) {
      joinEnds(new JoinResult.Unsupported(unsupported.message()));
    } else if (event instanceof OwnMembershipEvent.JoinFailed failed) {
      joinEnds(new JoinResult.Failed(failed.message()));
    } else if (event instanceof OwnMembershipEvent.LeaveFailed failed) {
      leavesEnd(new LeaveResult.Failed(failed.message()));
    } else if (event instanceof OwnMembershipEvent.StatusChanged changed) {
      onStatus(changed.to());
    }
  }

  private void onStatus(Status status) {
    if (status == Status.CONNECTED) {
      joinEnds(new JoinResult.Joined());
    } else if (status == Status.DISCONNECTED) {
      joinEnds(new JoinResult.Left());
      leavesEnd(new LeaveResult.Left());
    } else if (status == Status.CONNECTING && nextJoin != null) {
      leavesEnd(new LeaveResult.Failed("joined again"));
      join = nextJoin;
      nextJoin = null;
    }
  }

  void closed() {
    nextJoinEnds(new JoinResult.Left());
    joinEnds(new JoinResult.Left());
    leavesEnd(new LeaveResult.TimedOut());
  }

  private void nextJoinEnds(JoinResult result) {
    if (nextJoin != null) {
      nextJoin.complete(result);
      nextJoin = null;
    }
  }

  private void joinEnds(JoinResult result) {
    if (join != null) {
      join.complete(result);
      join = null;
    }
  }

  private void leavesEnd(LeaveResult result) {
    leaves.forEach(leave -> leave.complete(result));
    leaves.clear();
  }
}
