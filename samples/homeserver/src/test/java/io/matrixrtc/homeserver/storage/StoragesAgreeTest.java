package io.matrixrtc.homeserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.homeserver.store.Key;
import io.matrixrtc.homeserver.store.MemoryStorage;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.SqliteStorage;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.TableSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random work on both storages gives the same answers and leaves the same rows. */
class StoragesAgreeTest {
  private static final List<TableSpec<Object>> TABLES =
      List.of(
          TableSpec.of("one", Object.class, "a"),
          TableSpec.of("two", Object.class, "a", "b"),
          TableSpec.of("three", Object.class, "a", "b", "#n"),
          TableSpec.of("four", Object.class, "#n"));
  private static final String[] WORDS = {"", "a", "A", "a\0b", "b", "é", "\uff5e", "\ud83d\ude00"};
  private static final int STEPS = 200;

  @TempDir Path folder;

  @Test
  void memoryAndSqliteDoTheSame() {
    boolean full = System.getProperty("matrixrtc.tier", "first").equals("full");
    int cases = full ? 500 : 20;
    for (long seed = Long.getLong("cases.seed", 0); seed < cases; seed++) {
      run(seed);
    }
    System.out.printf("memoryAndSqliteDoTheSame: %d cases of %d steps%n", cases, STEPS);
  }

  private void run(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Storage memory = new MemoryStorage();
    Storage sqlite = SqliteStorage.open(folder.resolve(seed + ".db"));
    TABLES.forEach(memory::open);
    TABLES.forEach(sqlite::open);
    for (int step = 0; step < STEPS; step++) {
      Function<Storage, Object> work = work(random, 0);
      Object expected = work.apply(memory);
      assertThat(work.apply(sqlite))
          .as("seed %d, step %d (replay: -Dcases.seed=%d)", seed, step, seed)
          .isEqualTo(expected);
      if (random.nextInt(50) == 0) {
        sqlite.close();
        sqlite = SqliteStorage.open(folder.resolve(seed + ".db"));
        TABLES.forEach(sqlite::open);
      }
    }
    assertThat(rows(sqlite)).as("seed %d", seed).isEqualTo(rows(memory));
    sqlite.close();
  }

  private static List<String> rows(Storage storage) {
    return storage.dump().stream().map(Object::toString).sorted().collect(Collectors.toList());
  }

  private static Function<Storage, Object> work(SplittableRandom random, int depth) {
    TableSpec<Object> table = TABLES.get(random.nextInt(TABLES.size()));
    Key key = key(table, random, table.columns().size());
    Range range = range(table, random);
    String value = "\"" + random.nextInt(1_000) + "\"";
    Range all =
        new Range(
            range.prefix(),
            range.after(),
            range.upTo(),
            false,
            Integer.MAX_VALUE,
            Optional.empty());
    return switch (random.nextInt(depth == 0 ? 8 : 7)) {
      case 0, 1 ->
          storage -> {
            storage.put(table, key, value);
            return "";
          };
      case 2 -> storage -> storage.remove(table, key);
      case 3 -> storage -> storage.get(table, key);
      case 4 -> storage -> storage.scan(table, range);
      case 5 -> storage -> storage.count(table, range.prefix());
      case 6 -> storage -> storage.removeAll(table, all);
      default -> transaction(random);
    };
  }

  private static Function<Storage, Object> transaction(SplittableRandom random) {
    List<Function<Storage, Object>> parts =
        random.ints(random.nextInt(6)).mapToObj(i -> work(random, 1)).toList();
    boolean fails = random.nextBoolean();
    return storage -> {
      try {
        return storage.transaction(
            () -> {
              List<Object> results = parts.stream().map(part -> part.apply(storage)).toList();
              if (fails) {
                throw new IllegalStateException("provoked after " + results);
              }
              return results;
            });
      } catch (IllegalStateException e) {
        return e.getMessage();
      }
    };
  }

  private static Range range(TableSpec<?> table, SplittableRandom random) {
    int columns = table.columns().size();
    Key prefix = key(table, random, random.nextInt(columns + 1));
    Range range = Range.of(prefix.parts().toArray());
    boolean number =
        prefix.size() == columns - 1
            && table.columns().get(columns - 1).kind() == TableSpec.Kind.NUMBER;
    if (number && random.nextBoolean()) {
      range = range.after(random.nextInt(10));
    }
    if (number && random.nextBoolean()) {
      range = range.upTo(random.nextInt(10));
    }
    boolean bounded = !range.equals(Range.of(prefix.parts().toArray()));
    if (!bounded && prefix.size() < columns && random.nextInt(3) == 0) {
      List<Object> parts = new ArrayList<>(prefix.parts());
      List<Object> others = key(table, random, columns).parts();
      parts.addAll(others.subList(parts.size(), columns));
      range = range.beyond(new Key(parts));
    } else if (random.nextBoolean()) {
      range = range.descending();
    }
    return random.nextBoolean() ? range.limit(random.nextInt(4)) : range;
  }

  private static Key key(TableSpec<?> table, SplittableRandom random, int parts) {
    Object[] key = new Object[parts];
    for (int i = 0; i < parts; i++) {
      boolean number = table.columns().get(i).kind() == TableSpec.Kind.NUMBER;
      key[i] = number ? (Object) (long) random.nextInt(10) : WORDS[random.nextInt(WORDS.length)];
    }
    return Key.of(key);
  }
}
