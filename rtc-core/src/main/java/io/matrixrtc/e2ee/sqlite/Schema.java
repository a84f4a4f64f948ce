package io.matrixrtc.e2ee.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.e2ee.CryptoStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The tables, by version. {@code schema-N.sql} brings a file from version N − 1 to N; which one a
 * file has is its {@code user_version}.
 */
final class Schema {
  static final int VERSION = 4;

  private static final Pattern COMMENT = Pattern.compile("(?m)^--.*$");

  private Schema() {}

  static int versionOf(Database database) throws CryptoStoreException {
    return database.first(row -> row.getInt(1), "PRAGMA user_version").orElse(0);
  }

  /** Refuses a file of a later version before anything is changed (STORE-NEWER). */
  static void check(Path file, int version) throws CryptoStoreException {
    if (version > VERSION) {
      throw new CryptoStoreException.NewerSchema(file.toString(), version, VERSION);
    }
  }

  /** Brings the tables to the present version. To be called in a transaction. */
  static void upgrade(Database database, int from) throws CryptoStoreException {
    for (int version = from + 1; version <= VERSION; version++) {
      for (String statement : COMMENT.matcher(script(version)).replaceAll("").split(";")) {
        if (!statement.isBlank()) {
          database.execute(statement);
        }
      }
      database.execute("PRAGMA user_version = " + version);
    }
  }

  private static String script(int version) {
    String name = "schema-" + version + ".sql";
    try (InputStream in = Schema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
