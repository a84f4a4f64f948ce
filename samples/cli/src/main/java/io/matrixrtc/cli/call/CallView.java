package io.matrixrtc.cli.call;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is known of a call at one moment.
 *
 * @param own this device
 * @param status of the own membership
 * @param ownKey the index of the own key in use
 * @param rows the other devices in the call, the oldest member first
 */
public record CallView(String own, String status, Optional<Integer> ownKey, List<Row> rows) {
  public CallView {
    rows = List.copyOf(rows);
  }

  /**
   * Another device.
   *
   * @param device {@code user/device}
   * @param trust how sure it is whose it is
   * @param index of its newest key; empty if there is none
   * @param age of that key since it came
   * @param way how it came
   * @param theirs whether its media can be decrypted, else why not
   * @param ours how far it has got our key
   */
  public record Row(
      String device,
      String trust,
      Optional<Integer> index,
      Optional<Duration> age,
      Optional<String> way,
      String theirs,
      String ours) {}

  /** Who lacks what, and why: one sentence each. */
  public List<String> problems() {
    return rows.stream()
        .flatMap(
            row ->
                Stream.of(
                        row.theirs().equals(CallReader.OK)
                            ? Optional.<String>empty()
                            : Optional.of(
                                "We lack the key of " + row.device() + ": " + row.theirs()),
                        row.ours().equals(CallReader.OK)
                            ? Optional.<String>empty()
                            : Optional.of(row.device() + " lacks our key: " + row.ours()))
                    .flatMap(Optional::stream))
        .toList();
  }
}
