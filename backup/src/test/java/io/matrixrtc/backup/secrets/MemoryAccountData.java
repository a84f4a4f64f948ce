package io.matrixrtc.backup.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Account data in memory that can fail at any write. */
public final class MemoryAccountData implements AccountData {
  private final Map<String, ObjectNode> contents = new LinkedHashMap<>();
  private final List<String> writes = new ArrayList<>();
  private int writesLeft = Integer.MAX_VALUE;

  /** Starts with nothing. */
  public MemoryAccountData() {}

  static MemoryAccountData of(JsonNode all) {
    MemoryAccountData data = new MemoryAccountData();
    all.properties().forEach(e -> data.contents.put(e.getKey(), (ObjectNode) e.getValue()));
    return data;
  }

  /** After {@code count} more writes each one fails. */
  public void failAfter(int count) {
    writesLeft = count;
  }

  /** The types written, in order. */
  public List<String> writes() {
    return writes;
  }

  /** What is there, which the test may change. */
  ObjectNode content(String type) {
    return Objects.requireNonNull(contents.get(type));
  }

  @Override
  public Optional<ObjectNode> read(String type) {
    return Optional.ofNullable(contents.get(type)).map(ObjectNode::deepCopy);
  }

  @Override
  public void write(String type, ObjectNode content) throws AccountDataException {
    if (writesLeft == 0) {
      throw new AccountDataException("no network");
    }
    writesLeft--;
    contents.put(type, content.deepCopy());
    writes.add(type);
  }
}
