package io.matrixrtc.homeserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.homeserver.store.Key;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each storage must do. */
interface StorageContract {
  TableSpec<Object> WORDS = TableSpec.of("words", Object.class, "a", "b");
  TableSpec<Object> NUMBERED = TableSpec.of("numbered", Object.class, "a", "#n");

  Storage open();

  /** The same data as a new object, as after a restart. */
  Storage reopen(Storage closed);

  private Storage opened() {
    Storage storage = open();
    storage.open(WORDS);
    storage.open(NUMBERED);
    return storage;
  }

  private static void put(Storage storage, String value, Object... key) {
    storage.put(key[1] instanceof Long ? NUMBERED : WORDS, Key.of(key), value);
  }

  private static List<String> values(Storage storage, TableSpec<?> table, Range range) {
    return storage.scan(table, range).stream().map(Storage.StoredRow::value).toList();
  }

  @Test
  default void keepsReplacesAndRemovesRows() {
    try (Storage storage = opened()) {
      assertThat(storage.get(WORDS, Key.of("x", "y"))).isEmpty();
      put(storage, "1", "x", "y");
      put(storage, "2", "x", "y");
      assertThat(storage.get(WORDS, Key.of("x", "y"))).contains("2");
      assertThat(storage.remove(WORDS, Key.of("x", "y"))).isTrue();
      assertThat(storage.remove(WORDS, Key.of("x", "y"))).isFalse();
      assertThat(storage.get(WORDS, Key.of("x", "y"))).isEmpty();
    }
  }

  @Test
  default void scansByPrefixInTheOrderOfCodePoints() {
    try (Storage storage = opened()) {
      String[] ordered = {"", "A", "a", "aa", "b", "é", "\uffee", "\ud83d\ude00"};
      for (int i = ordered.length - 1; i >= 0; i--) {
        put(storage, ordered[i], "p", ordered[i]);
      }
      put(storage, "other", "q", "");
      assertThat(values(storage, WORDS, Range.of("p"))).containsExactly(ordered);
      assertThat(values(storage, WORDS, Range.of("p").descending().limit(2)))
          .containsExactly("\ud83d\ude00", "\uffee");
      assertThat(values(storage, WORDS, Range.of("p", "a"))).containsExactly("a");
      assertThat(values(storage, WORDS, Range.of())).hasSize(ordered.length + 1);
      assertThat(storage.count(WORDS, Key.of("p"))).isEqualTo(ordered.length);
      assertThat(storage.count(WORDS, Key.of())).isEqualTo(ordered.length + 1);
    }
  }

  @Test
  default void boundsAreOpenBelowAndClosedAbove() {
    try (Storage storage = opened()) {
      for (long n : new long[] {-1, 0, 9, 10, 11, Long.MAX_VALUE}) {
        put(storage, Long.toString(n), "p", n);
      }
      assertThat(values(storage, NUMBERED, Range.of("p").after(0).upTo(10)))
          .containsExactly("9", "10");
      assertThat(values(storage, NUMBERED, Range.of("p").after(10)))
          .containsExactly("11", Long.toString(Long.MAX_VALUE));
      assertThat(values(storage, NUMBERED, Range.of("p").upTo(0).descending()))
          .containsExactly("0", "-1");
      assertThat(values(storage, NUMBERED, Range.of("p").after(10).upTo(9))).isEmpty();
      assertThat(values(storage, NUMBERED, Range.of("p").after(9).upTo(9))).isEmpty();
      assertThat(storage.removeAll(NUMBERED, Range.of("p").upTo(10))).isEqualTo(4);
      assertThat(storage.removeAll(NUMBERED, Range.of("p"))).isEqualTo(2);
      assertThat(storage.removeAll(NUMBERED, Range.of("p"))).isZero();
    }
  }

  @Test
  default void aFailedTransactionLeavesNothing() {
    try (Storage storage = opened()) {
      put(storage, "1", "kept", "k");
      put(storage, "1", "removed", "k");
      assertThatThrownBy(
              () ->
                  storage.transaction(
                      () -> {
                        put(storage, "2", "kept", "k");
                        put(storage, "3", "kept", "k");
                        put(storage, "2", "new", "k");
                        storage.remove(WORDS, Key.of("removed", "k"));
                        storage.transaction(
                            () -> {
                              put(storage, "9", "nested", "k");
                              return 0;
                            });
                        throw new IllegalStateException("provoked");
                      }))
          .hasMessage("provoked");
      assertThat(values(storage, WORDS, Range.of())).containsExactly("1", "1");
      int result =
          storage.transaction(
              () -> {
                put(storage, "2", "kept", "k");
                return 7;
              });
      assertThat(result).isEqualTo(7);
      assertThat(storage.get(WORDS, Key.of("kept", "k"))).contains("2");
    }
  }

  @Test
  default void rowsOutliveAClose() {
    Storage storage = opened();
    put(storage, "1", "x", "y");
    put(storage, "2", "x", 3L);
    storage.close();
    try (Storage again = reopen(storage)) {
      again.open(WORDS);
      assertThat(again.get(WORDS, Key.of("x", "y"))).contains("1");
      assertThat(again.dump())
          .as("tables that nobody opened are dumped as well")
          .containsExactlyInAnyOrder(
              new Storage.StoredRow("words", Key.of("x", "y"), "1"),
              new Storage.StoredRow("numbered", Key.of("x", 3L), "2"));
    }
  }

  @Test
  default void keysOfTheWrongShapeAreRefused() {
    try (Storage storage = opened()) {
      assertThatThrownBy(() -> storage.get(WORDS, Key.of("x")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> storage.put(WORDS, Key.of("x", 1L), "v"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> storage.scan(WORDS, Range.of("x").after(1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> storage.scan(NUMBERED, Range.of().after(1)))
          .isInstanceOf(IllegalArgumentException.class);
      storage.scan(NUMBERED, Range.of("x").after(1));
    }
  }

  @Test
  default void readsOnBeyondAKeyInPages() {
    TableSpec<Object> deep = TableSpec.of("deep", Object.class, "a", "#n", "b", "c");
    try (Storage storage = open()) {
      storage.open(deep);
      for (String b : List.of("x", "y", "\ud83d\ude00")) {
        for (String c : List.of("1", "2", "\uffee")) {
          storage.put(deep, Key.of("p", 1L, b, c), b + c);
          storage.put(deep, Key.of("p", 2L, b, c), "other");
        }
      }
      for (Range all : List.of(Range.of("p", 1L), Range.of("p", 1L, "y"), Range.of())) {
        List<String> whole = values(storage, deep, all);
        List<String> paged = new ArrayList<>();
        List<Storage.StoredRow> page = storage.scan(deep, all.limit(2));
        while (!page.isEmpty()) {
          page.forEach(row -> paged.add(row.value()));
          page = storage.scan(deep, all.limit(2).beyond(page.get(page.size() - 1).key()));
        }
        assertThat(paged).isEqualTo(whole).isNotEmpty();
      }
      Key whole = Key.of("p", 1L, "x", "1");
      for (Range wrong :
          List.of(
              Range.of("q").beyond(whole),
              Range.of("p").beyond(Key.of("p")),
              Range.of("p").descending().beyond(whole),
              Range.of("p", 1L, "x", "1").beyond(whole))) {
        assertThatThrownBy(() -> storage.scan(deep, wrong))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }
}
