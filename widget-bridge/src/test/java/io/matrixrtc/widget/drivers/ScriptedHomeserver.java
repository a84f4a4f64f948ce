package io.matrixrtc.widget.drivers;

import io.matrixrtc.client.AccessToken;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.keys.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers by the end of the path, in virtual time; what it does not know is no connection. */
final class ScriptedHomeserver implements HttpTransport {
  final VirtualTime time = new VirtualTime();
  final List<HttpCall> calls = new ArrayList<>();
  final MatrixClient client =
      new MatrixClient(
          new MatrixSession(
              URI.create("https://matrix.example.org"),
              "@alice:example.org",
              "ALICEDEV",
              AccessToken.of("secret-token")),
          ClientSettings.of(this, time));
  private final Map<String, HttpAnswer> answers = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<HttpAnswer>> held = new LinkedHashMap<>();

  ScriptedHomeserver answer(String pathEnd, int status, String body) {
    return answer(pathEnd, new HttpAnswer(status, Optional.empty(), body.replace('\'', '"')));
  }

  ScriptedHomeserver answer(String pathEnd, HttpAnswer answer) {
    answers.put(pathEnd, answer);
    return this;
  }

  /** The answer to that path, to be completed later; also after one that was. */
  CompletableFuture<HttpAnswer> hold(String pathEnd) {
    return held.compute(
        pathEnd,
        (path, before) -> before == null || before.isDone() ? new CompletableFuture<>() : before);
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    String path = call.uri().getPath();
    for (Map.Entry<String, CompletableFuture<HttpAnswer>> one : held.entrySet()) {
      if (path.endsWith(one.getKey())) {
        return one.getValue();
      }
    }
    for (Map.Entry<String, HttpAnswer> one : answers.entrySet()) {
      if (path.endsWith(one.getKey())) {
        return CompletableFuture.completedFuture(one.getValue());
      }
    }
    return CompletableFuture.failedFuture(new IOException("no connection"));
  }

  /** How often a path was asked for. */
  long count(String pathEnd) {
    return calls.stream().filter(call -> call.uri().getPath().endsWith(pathEnd)).count();
  }

  @Override
  public void close() {}
}
