package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The parts of a {@code /sync} answer that the machine needs.
 *
 * @param toDeviceEvents {@code to_device.events}, in order
 * @param changedUsers {@code device_lists.changed}
 * @param leftUsers {@code device_lists.left}
 * @param oneTimeKeyCount {@code device_one_time_keys_count.signed_curve25519}; 0 where it is
 *     missing, as servers may leave zeros out
 * @param unusedFallbackKeyTypes {@code device_unused_fallback_key_types}; empty where the member is
 *     missing, which says that the server knows no fallback keys
 * @param nextBatch the token of the next sync, stored together with what this one changed
 */
public record SyncChanges(
    List<JsonNode> toDeviceEvents,
    Set<String> changedUsers,
    Set<String> leftUsers,
    int oneTimeKeyCount,
    Optional<Set<String>> unusedFallbackKeyTypes,
    String nextBatch) {
  public SyncChanges {
    toDeviceEvents = List.copyOf(toDeviceEvents);
    changedUsers = Set.copyOf(changedUsers);
    leftUsers = Set.copyOf(leftUsers);
    unusedFallbackKeyTypes = unusedFallbackKeyTypes.map(Set::copyOf);
  }
}
