package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentSettingsTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "LIVEKIT_URL", "wss://sfu.example",
          "LIVEKIT_KEY", "key",
          "LIVEKIT_SECRET", "the-secret",
          "LIVEKIT_FULL_ACCESS_HOMESERVERS", "a.example, b.example");

  private static TokenServiceConfig read(String... more) {
    return EnvironmentSettings.read(with(more));
  }

  private static Map<String, String> with(String... more) {
    Map<String, String> all = new HashMap<>(LEAST);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  @Test
  void theVariablesOfUpstreamDo_ENV_UPSTREAM() {
    TokenServiceConfig config = read();
    assertThat(config.livekitUrl()).isEqualTo("wss://sfu.example");
    assertThat(config.port()).isEqualTo(8080);
    assertThat(config.fullAccess()).isEqualTo(new FullAccess(List.of("a.example", "b.example")));
    assertThat(config.sanityInterval()).isZero();
    assertThat(config.trust().anyCertificate()).isFalse();
    assertThat(config.toString()).doesNotContain("the-secret");
    assertThat(read("LIVEKIT_JWT_PORT", "81").port()).isEqualTo(81);
    assertThat(read("LIVEKIT_JWT_BIND", ":82").port()).isEqualTo(82);
    assertThat(read("LIVEKIT_JWT_BIND", "[::1]:83").host()).isEqualTo("::1");
    assertThat(read("LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS", "7").sanityInterval())
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(
            read("LIVEKIT_CS_API_URL_OVERRIDES", "a.example=m.a.example, b.example=http://b:1/")
                .clientApis())
        .isEqualTo(
            Map.of(
                "a.example", URI.create("https://m.a.example"),
                "b.example", URI.create("http://b:1")));
    assertThat(
            read("LIVEKIT_INSECURE_SKIP_VERIFY_TLS", "YES_I_KNOW_WHAT_I_AM_DOING")
                .trust()
                .anyCertificate())
        .isTrue();
    assertThat(read("LIVEKIT_INSECURE_SKIP_VERIFY_TLS", "yes").trust().anyCertificate()).isFalse();
  }

  @Test
  void theKeyMayComeFromFiles_ENV_UPSTREAM(@TempDir Path directory) throws Exception {
    Path both = Files.writeString(directory.resolve("both"), "k1: s1\n");
    assertThat(read("LIVEKIT_KEY_FILE", both.toString()).apiKey().secret()).isEqualTo("s1");
    Path secret = Files.writeString(directory.resolve("secret"), "s2\n");
    TokenServiceConfig config = read("LIVEKIT_SECRET_FROM_FILE", secret.toString());
    assertThat(config.apiKey().key()).isEqualTo("key");
    assertThat(config.apiKey().secret()).isEqualTo("s2");
    Path odd = Files.writeString(directory.resolve("odd"), "a:b:c");
    assertThatThrownBy(() -> read("LIVEKIT_KEY_FILE", odd.toString()))
        .hasMessageContaining("LIVEKIT_KEY_FILE");
  }

  @ParameterizedTest
  @CsvSource({
    "LIVEKIT_URL,''",
    "LIVEKIT_URL,sfu.example",
    "LIVEKIT_KEY,''",
    "LIVEKIT_SECRET,''",
    "LIVEKIT_FULL_ACCESS_HOMESERVERS,' , '",
    "LIVEKIT_JWT_BIND,8080",
    "LIVEKIT_JWT_BIND,:65536",
    "LIVEKIT_JWT_PORT,x",
    "LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS,-1",
    "LIVEKIT_CS_API_URL_OVERRIDES,a.example",
    "LIVEKIT_KEY_FILE,/nonexistent/file",
    "MATRIXRTC_ALLOWED_ADDRESSES,10.0.0.0/33",
    "MATRIXRTC_ALLOWED_ADDRESSES,localhost",
    "MATRIXRTC_REQUESTS_PER_SECOND,many",
    "LIVEKIT_REDIS_URL,redis://localhost"
  })
  void whatIsWrongIsNamed_ENV_NAMED(String variable, String value) {
    assertThatThrownBy(() -> read(variable, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(variable);
  }

  @Test
  void redisIsRefusedAsLeavesAreKeptInMemory_ENV_REDIS_ours() {
    assertThatThrownBy(() -> read("LIVEKIT_REDIS_URL", "redis://localhost"))
        .hasMessageContaining("MATRIXRTC_LEAVE_FILE");
    assertThat(read("LIVEKIT_REDIS_URL", "").port()).as("control").isEqualTo(8080);
  }

  @Test
  void bindAndPortDoNotGoTogether_ENV_NAMED() {
    assertThatThrownBy(() -> read("LIVEKIT_JWT_BIND", ":80", "LIVEKIT_JWT_PORT", "80"))
        .hasMessageContaining("only one");
  }
}
