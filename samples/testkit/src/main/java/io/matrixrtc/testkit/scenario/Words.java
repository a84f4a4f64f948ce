package io.matrixrtc.testkit.scenario;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/** Sentences about a word that is not known. */
final class Words {
  private Words() {}

  /** What there is instead, the nearest first if one is near. */
  static String choices(String word, Collection<String> there) {
    if (there.isEmpty()) {
      return "there is none yet";
    }
    int near = word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
    Optional<String> nearest =
        there.stream()
            .filter(one -> distance(word, one) <= near)
            .min(Comparator.comparingInt(one -> distance(word, one)));
    return nearest
        .map(one -> "did you mean '" + one + "'?")
        .orElseGet(() -> "there are: " + String.join(", ", new TreeSet<>(there)));
  }

  /** Least number of letters to change, add or leave out. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
