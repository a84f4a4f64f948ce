package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.stream.StreamKind;
import io.matrixrtc.homeserver.stream.StreamToken;
import java.util.List;

/** Gathers the sections of one answer. */
final class SyncReader {
  /** An answer, and whether a waiting client is to get it now. */
  record Result(ObjectNode body, boolean news) {}

  private final List<SyncSection> sections;

  SyncReader(List<SyncSection> sections) {
    this.sections = List.copyOf(sections);
  }

  Result read(SyncContext sync) {
    ObjectNode answer = Json.object();
    StreamToken next = StreamToken.at(sync.now());
    boolean news = false;
    for (SyncSection section : sections) {
      SyncSection.Read read = section.read(sync, answer);
      next = next.with(section.kind(), read.upTo());
      news |= read.news();
    }
    answer.put("next_batch", next.toString());
    return new Result(answer, news);
  }

  /** An answer that withholds all but the key counts: the token stays where it was. */
  ObjectNode nothing(SyncContext sync, StreamToken since) {
    ObjectNode answer = Json.object().put("next_batch", since.toString());
    for (SyncSection section : sections) {
      if (section.kind() == StreamKind.ONE_TIME_KEYS) {
        section.read(sync, answer);
      }
    }
    return answer;
  }
}
