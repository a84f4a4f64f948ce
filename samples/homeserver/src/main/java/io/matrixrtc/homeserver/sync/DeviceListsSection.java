package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.keys.DeviceListDelta;
import io.matrixrtc.homeserver.stream.StreamKind;

/** Whose devices changed; nothing on a first sync. */
final class DeviceListsSection implements SyncSection {
  private final DeviceListDelta lists;

  DeviceListsSection(DeviceListDelta lists) {
    this.lists = lists;
  }

  @Override
  public StreamKind kind() {
    return StreamKind.DEVICE_LISTS;
  }

  @Override
  public Read read(SyncContext sync, ObjectNode answer) {
    if (sync.isFirst()) {
      return new Read(sync.now(), false);
    }
    DeviceListDelta.Delta delta =
        lists.since(sync.userId(), sync.since(kind()), sync.since(StreamKind.ROOMS));
    if (!delta.isEmpty()) {
      ObjectNode section = answer.putObject("device_lists");
      if (!delta.changed().isEmpty()) {
        delta.changed().forEach(section.putArray("changed")::add);
      }
      if (!delta.left().isEmpty()) {
        delta.left().forEach(section.putArray("left")::add);
      }
    }
    return new Read(sync.now(), !delta.isEmpty());
  }
}
