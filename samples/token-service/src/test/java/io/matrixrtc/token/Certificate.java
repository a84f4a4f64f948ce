package io.matrixrtc.token;

import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A self-signed certificate, made by the JDK's keytool. */
record Certificate(Path keyStore, Path pem) {
  private static final String PASSWORD = "changeit";

  private static @Nullable Certificate shared;

  /** One for {@code hs.example} and {@code delegated.example}. */
  static synchronized Certificate shared() throws IOException, InterruptedException {
    if (shared == null) {
      Path directory = Files.createTempDirectory("token-service-test");
      shared = of(directory, "hs", "dns:hs.example,dns:delegated.example");
      for (Path file : List.of(directory, shared.keyStore(), shared.pem())) {
        file.toFile().deleteOnExit();
      }
    }
    return shared;
  }

  static Certificate of(Path directory, String alias, String alternativeNames)
      throws IOException, InterruptedException {
    Path store = directory.resolve(alias + ".p12");
    Path pem = directory.resolve(alias + ".pem");
    keytool(
        store,
        alias,
        "-genkeypair -keyalg EC -groupname secp256r1 -validity 30 -dname CN=test -ext",
        "san=" + alternativeNames);
    keytool(store, alias, "-exportcert -rfc -file", pem.toString());
    return new Certificate(store, pem);
  }

  private static void keytool(Path store, String alias, String words, String last)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(Arrays.asList(words.split(" ")));
    command.add(last);
    command.addAll(List.of("-alias", alias, "-keystore", store.toString()));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool: " + output);
    }
    if (!Files.exists(store)) {
      throw new IOException("keytool wrote nothing: " + output);
    }
  }

  PfxOptions forServer() {
    return new PfxOptions().setPath(keyStore.toString()).setPassword(PASSWORD);
  }
}
