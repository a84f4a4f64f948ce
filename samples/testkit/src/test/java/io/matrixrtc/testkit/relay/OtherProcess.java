package io.matrixrtc.testkit.relay;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A participant in a JVM of its own: answers the first frame it hears with one, and leaves. */
final class OtherProcess {
  private OtherProcess() {}

  public static void main(String[] arguments) throws Exception {
    CompletableFuture<RelayedFrame> heard = new CompletableFuture<>();
    try (RelayClient client =
        RelayClient.connect(
            arguments[0], Integer.parseInt(arguments[1]), "other", heard::complete)) {
      RelayedFrame frame = heard.get(20, TimeUnit.SECONDS);
      System.out.println("heard " + frame.frame().header().sequence() + " from " + frame.sender());
      client.publish(Recorder.frame(9));
    }
  }
}
