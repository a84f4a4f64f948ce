package io.matrixrtc.cli;

import io.matrixrtc.testkit.agent.ParticipantAgent;
import io.matrixrtc.testkit.process.ParticipantPipe;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** One participant of a demo in this process, steered over standard input and output. */
@Command(name = "participant", hidden = true)
final class ParticipantCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException {
    ParticipantPipe.serve(System.in, System.out, ParticipantAgent::new);
    return 0;
  }
}
