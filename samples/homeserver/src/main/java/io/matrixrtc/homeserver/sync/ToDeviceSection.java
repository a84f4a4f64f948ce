package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.stream.StreamKind;
import io.matrixrtc.homeserver.todevice.ToDeviceInbox;
import java.util.List;

/** HS-TODEV-LIMIT: the messages for this device, in order of arrival, at most 100 an answer. */
final class ToDeviceSection implements SyncSection {
  static final int MAX_MESSAGES = 100;

  private final ToDeviceInbox inbox;

  ToDeviceSection(ToDeviceInbox inbox) {
    this.inbox = inbox;
  }

  @Override
  public StreamKind kind() {
    return StreamKind.TO_DEVICE;
  }

  @Override
  public Read read(SyncContext sync, ObjectNode answer) {
    List<ToDeviceInbox.Waiting> waiting =
        inbox.after(sync.session(), sync.since(kind()), MAX_MESSAGES);
    if (waiting.isEmpty()) {
      return new Read(sync.now(), false);
    }
    ArrayNode events = answer.putObject("to_device").putArray("events");
    for (ToDeviceInbox.Waiting message : waiting) {
      events
          .addObject()
          .put("type", message.message().type())
          .put("sender", message.message().sender())
          .set("content", message.message().content());
    }
    boolean full = waiting.size() == MAX_MESSAGES;
    return new Read(full ? waiting.get(MAX_MESSAGES - 1).position() : sync.now(), true);
  }
}
