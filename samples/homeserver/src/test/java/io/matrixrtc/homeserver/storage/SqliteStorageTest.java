package io.matrixrtc.homeserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.homeserver.store.SqliteStorage;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStorageTest implements StorageContract {
  @TempDir Path folder;

  @Override
  public Storage open() {
    return SqliteStorage.open(folder.resolve("test.db"));
  }

  @Override
  public Storage reopen(Storage closed) {
    return open();
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws IOException {
    Path file = folder.resolve("test.db");
    Files.writeString(
        file, "this is no database, and long enough to be looked at as one".repeat(9));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("test.db");
  }

  @Test
  void aFileOfANewerVersionIsRefused() throws SQLException {
    open().close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version=" + (SqliteStorage.SCHEMA_VERSION + 1));
    }
    assertThatThrownBy(this::open).isInstanceOf(StorageException.class);
    assertThat(folder.resolve("test.db")).exists();
  }
}
