package io.matrixrtc.testkit.agent;

import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** How many frames of each sender a participant has heard: as an answer, and in its trace. */
final class HeardFrames {
  private final String self;
  private final Consumer<TraceEvent> trace;
  private final Map<String, TraceEvent.FramesHeard> last = new ConcurrentHashMap<>();

  HeardFrames(String self, Consumer<TraceEvent> trace) {
    this.self = self;
    this.trace = trace;
  }

  /** By sender. */
  static Map<String, ParticipantAnswer.Heard> of(CallMedia media) {
    Map<String, ParticipantAnswer.Heard> heard = new TreeMap<>();
    media
        .remotes()
        .forEach(
            (sender, remote) -> {
              FrameCounts counts = remote.counts();
              heard.put(
                  sender,
                  new ParticipantAnswer.Heard(
                      counts.lastKeyIndex(),
                      counts.decrypted(),
                      counts.late(),
                      counts.undecryptable(),
                      counts.differing()));
            });
    return heard;
  }

  /** Tells the trace of the counts that have changed since. */
  void tell(CallMedia media) {
    media
        .remotes()
        .forEach(
            (sender, remote) -> {
              FrameCounts counts = remote.counts();
              long noKey = counts.lostWith(FrameStatus.NO_KEY);
              TraceEvent.FramesHeard heard =
                  new TraceEvent.FramesHeard(
                      self,
                      sender,
                      counts.lastKeyIndex(),
                      counts.decrypted(),
                      counts.undecryptable() - noKey,
                      noKey);
              if (!heard.equals(last.put(sender, heard))) {
                trace.accept(heard);
              }
            });
  }
}
