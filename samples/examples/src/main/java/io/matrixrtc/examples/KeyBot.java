package io.matrixrtc.examples;

import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.RoomSubscription;
import io.matrixrtc.keys.CallListener;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.Delivery;
import io.matrixrtc.keys.KeyRefusal;
import io.matrixrtc.keys.KeyWay;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.LeaveResult;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A bot that joins the call of a room and says which keys come, and which are missing and why. */
public final class KeyBot implements CallListener {
  private final EncryptedClient client;
  private final String roomId;
  private final RtcSession session;
  private final Consumer<String> say;
  private volatile RoomSubscription room = () -> {};

  /** {@code say} is told on the scheduler's thread, for example to post it to the room. */
  public KeyBot(
      EncryptedClient client, String roomId, SerialScheduler scheduler, Consumer<String> say) {
    this.client = client;
    this.roomId = roomId;
    this.say = say;
    this.session = new ProtectMedia().session(client, roomId, scheduler, this::onEvent);
  }

  private void onEvent(SessionEvent event) {
    if (event instanceof SessionEvent.MemberJoined joined) {
      say.accept(joined.member().device() + " joined");
    } else if (event instanceof SessionEvent.Keys keys) {
      on(keys.event());
    }
  }

  /** Joins, without media of its own, which is why it names no transport. */
  public CompletionStage<JoinResult> join() {
    return client
        .attach(roomId, session)
        .thenAccept(attached -> room = attached.orThrow())
        .thenCompose(done -> session.join(JoinRequest.multiSfu(List.of())));
  }

  /** Leaves and wipes all keys; the client goes on. */
  public CompletionStage<LeaveResult> leave() {
    return session
        .leave(Duration.ofSeconds(10))
        .whenComplete(
            (left, bug) -> {
              session.close();
              room.close();
            });
  }

  @Override
  public void onKeyReceived(CallMember member, KeyWay way, Duration sinceLearned, boolean isFirst) {
    say.accept("key of " + member.device() + " by " + way + (isFirst ? ", its first" : ""));
  }

  @Override
  public void onKeyMissing(CallMember member, Duration after, boolean framesWait) {
    say.accept("no key of " + member.device() + " after " + after.toSeconds() + " s");
  }

  @Override
  public void onKeyRefused(KeyRefusal refusal) {
    say.accept("refused from " + refusal.from() + ": " + refusal.getClass().getSimpleName());
  }

  @Override
  public void onKeyNotSent(CallMember member, Delivery.Reason reason) {
    say.accept(member.device() + " has not got our key: " + reason);
  }
}
