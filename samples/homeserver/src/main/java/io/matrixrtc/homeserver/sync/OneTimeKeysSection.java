package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.keys.OneTimeKeys;
import io.matrixrtc.homeserver.stream.StreamKind;

/** HS-SYNC-COUNTS: always in the answer, also where nothing is left. */
final class OneTimeKeysSection implements SyncSection {
  private final OneTimeKeys keys;

  OneTimeKeysSection(OneTimeKeys keys) {
    this.keys = keys;
  }

  @Override
  public StreamKind kind() {
    return StreamKind.ONE_TIME_KEYS;
  }

  @Override
  public Read read(SyncContext sync, ObjectNode answer) {
    answer.set("device_one_time_keys_count", keys.counts(sync.session()));
    ArrayNode unused = answer.putArray("device_unused_fallback_key_types");
    keys.unusedFallbackTypes(sync.session()).forEach(unused::add);
    return new Read(sync.now(), keys.lastChange(sync.session()) > sync.since(kind()));
  }
}
