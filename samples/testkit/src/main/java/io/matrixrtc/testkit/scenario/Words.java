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
            .sorted() // of equally near ones always the same
            .min(Comparator.comparingInt(one -> distance(word, one)));
    return nearest
        .map(one -> "did you mean '" + one + "'?")
        .orElseGet(() -> "there are: " + String.join(", ", new TreeSet<>(there)));
  }

  /** Least number of letters to change, add or leave out, or to swap with the next one. */
  static int distance(String a, String b) {
    int[][] least = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        least[i][j] = i == 0 || j == 0 ? i + j : step(a, b, least, i, j);
      }
    }
    return least[a.length()][b.length()];
  }

  private static int step(String a, String b, int[][] least, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int change = least[i - 1][j - 1] + (same ? 0 : 1);
    int best = Math.min(change, Math.min(least[i - 1][j], least[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, least[i - 2][j - 2] + 1) : best;
  }
}
