package io.matrixrtc.homeserver.todevice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.List;

/** The messages that wait for each device. */
public final class ToDeviceInbox {
  /** A message as its device gets it. */
  public record Message(String type, String sender, ObjectNode content) {}

  /** A waiting message and its number in the stream. */
  public record Waiting(long position, Message message) {}

  private static final TableSpec<Message> SPEC =
      TableSpec.of("to_device", Message.class, "user_id", "device_id", "#position");

  private final Table<Message> table;
  private final StreamPositions stream;
  private final News news;

  public ToDeviceInbox(Foundation foundation) {
    this.table = Table.open(foundation.storage(), SPEC);
    this.stream = foundation.stream();
    this.news = foundation.news();
  }

  /** A message and the device that it is for, which exists. */
  record Addressed(Session device, Message message) {}

  /** Queues messages in this order. */
  void addAll(List<Addressed> messages) {
    long position = stream.reserve(messages.size());
    for (Addressed addressed : messages) {
      Session device = addressed.device();
      table.put(addressed.message(), device.userId(), device.deviceId(), position++);
      news.forDevice(device.userId(), device.deviceId());
    }
  }

  /** The oldest messages after {@code position}, at most {@code limit}. */
  public List<Waiting> after(Session device, long position, int limit) {
    return table
        .scan(Range.of(device.userId(), device.deviceId()).after(position).limit(limit))
        .stream()
        .map(row -> new Waiting(row.key().number(2), row.value()))
        .toList();
  }

  /** Deletes the messages up to {@code position}: the device has proved that it has them. */
  public void delete(Session device, long position) {
    table.removeAll(Range.of(device.userId(), device.deviceId()).upTo(position));
  }

  public void deviceDeleted(Session device) {
    table.removeAll(Range.of(device.userId(), device.deviceId()));
  }
}
