package io.matrixrtc.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.OSInfo;

/** How programs of the tests are started in JVMs of their own, to be killed. */
public final class ChildJvm {
  private final List<String> options;

  private ChildJvm(List<String> options) {
    this.options = List.copyOf(options);
  }

  /** A run of the program, from its start to its end. */
  @FunctionalInterface
  public interface WholeRun {
    void with(ChildJvm jvm) throws Exception;
  }

  /** With the class path of this JVM. */
  public static ChildJvm plain() {
    return new ChildJvm(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
  }

  /**
   * For hundreds of starts, at half of what each costs: from jars, with the classes as a first run
   * of the program loaded them, and with SQLite's library beside them.
   *
   * @param folder where these are put
   */
  public static ChildJvm quick(Path folder, WholeRun first) throws Exception {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      boolean signed = entry.contains("bcprov");
      boolean classes = Files.isDirectory(Path.of(entry));
      Path jar = folder.resolve(jars.size() + ".jar");
      jars.add(classes ? jar(entry, jar) : signed ? unsigned(entry, jar) : entry);
    }
    String archive = folder.resolve("classes.jsa").toString();
    List<String> common = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    common.addAll(sqlite(folder));
    common.addAll(List.of("-cp", String.join(File.pathSeparator, jars)));
    List<String> recording = new ArrayList<>(common);
    recording.add("-XX:ArchiveClassesAtExit=" + archive);
    first.with(new ChildJvm(recording));
    common.add("-XX:SharedArchiveFile=" + archive);
    return new ChildJvm(common);
  }

  private static String jar(String classes, Path file) {
    ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
    assertThat(jar.run(System.out, System.err, "-c", "-f", file.toString(), "-C", classes, "."))
        .isZero();
    return file.toString();
  }

  /** Signed classes are not archived, and are checked at every start. */
  private static String unsigned(String signed, Path file) throws Exception {
    Path jar = Files.copy(Path.of(signed), file);
    try (FileSystem content = FileSystems.newFileSystem(jar);
        DirectoryStream<Path> signatures =
            Files.newDirectoryStream(content.getPath("META-INF"), "*.{SF,RSA,DSA,EC}")) {
      for (Path signature : signatures) {
        Files.delete(signature);
      }
    }
    return jar.toString();
  }

  /** Otherwise every start unpacks it anew, and who is killed leaves it behind. */
  private static List<String> sqlite(Path folder) throws Exception {
    String name = System.mapLibraryName("sqlitejdbc");
    String packed = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS();
    try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(packed + "/" + name)) {
      if (in == null) {
        return List.of();
      }
      Files.copy(in, folder.resolve(name));
      return List.of("-Dorg.sqlite.lib.path=" + folder, "-Dorg.sqlite.lib.name=" + name);
    }
  }

  /** What starts {@code program} in its own JVM. */
  public List<String> command(Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
