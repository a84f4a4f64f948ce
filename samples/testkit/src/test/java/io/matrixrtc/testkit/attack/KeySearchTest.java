package io.matrixrtc.testkit.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeySearchTest {
  private final SplittableRandom random = new SplittableRandom(7);
  private final byte[] key = random(16);
  private final byte[] other = random(32);
  private final KeySearch search = new KeySearch(List.of(other, key));

  @Test
  void findsAPlantedKeyInEveryForm() {
    for (Map.Entry<String, byte[]> form : KeySearch.forms(key).entrySet()) {
      byte[] haystack = random(10_000);
      System.arraycopy(form.getValue(), 0, haystack, 4_321, form.getValue().length);
      assertThat(search.in("log", haystack))
          .as(form.getKey())
          .anySatisfy(
              finding -> {
                assertThat(finding.key()).isEqualTo(1);
                assertThat(finding.offset()).isEqualTo(4_321);
              });
    }
  }

  @Test
  void findsAKeyAtTheVeryStartAndEnd() {
    byte[] haystack = Arrays.copyOf(key, 100);
    System.arraycopy(key, 0, haystack, 84, 16);
    assertThat(search.in("log", haystack)).extracting(KeySearch.Finding::offset).contains(0, 84);
  }

  @Test
  void doesNotFindAKeyWithOneByteChangedOrCut() {
    byte[] haystack = random(1_000);
    System.arraycopy(key, 0, haystack, 500, 16);
    assertThat(search.in("log", haystack)).hasSize(1);
    haystack[515] ^= 1;
    assertThat(search.in("log", haystack)).isEmpty();
    assertThat(search.in("log", Arrays.copyOf(key, 15))).isEmpty();
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
