package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.media.MediaPolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that clients keep on the server. */
class MediaTest extends ServerTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int MAX = 5_000;

  private Client alice;

  @Override
  HomeserverConfig configure(HomeserverConfig config) {
    return config.withMedia(MediaPolicy.defaults().withMaxUploadBytes(MAX));
  }

  @BeforeEach
  void user() {
    alice = register("alice");
  }

  private static HttpResponse<byte[]> call(
      EmbeddedHomeserver server, String token, String method, String path, byte[] body, String type)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.baseUrl() + path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(String token, String path) throws Exception {
    return call(server, token, "GET", path, new byte[0], "");
  }

  /** Uploads and returns the id. */
  private String upload(String query, byte[] body, String type) throws Exception {
    HttpResponse<byte[]> reply =
        call(server, alice.token(), "POST", "/_matrix/media/v3/upload" + query, body, type);
    assertThat(reply.statusCode()).isEqualTo(200);
    String uri = Client.JSON.readTree(reply.body()).path("content_uri").asText();
    assertThat(uri).startsWith("mxc://test/");
    return uri.substring("mxc://test/".length());
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aFileComesBackAsItWas_HS_MEDIA() throws Exception {
    byte[] content = bytes(3_000);
    String id = upload("?filename=a%20b.bin", content, "application/x-thing");
    String path = "/_matrix/client/v1/media/download/test/" + id;
    for (String suffix : new String[] {"", "/other-name"}) {
      HttpResponse<byte[]> file = get(register("bob" + suffix.length()).token(), path + suffix);
      assertThat(file.statusCode()).isEqualTo(200);
      assertThat(file.body()).isEqualTo(content);
      assertThat(file.headers().firstValue("Content-Type")).contains("application/x-thing");
      assertThat(file.headers().firstValue("Content-Disposition"))
          .contains("attachment; filename*=utf-8''a%20b.bin");
      assertThat(file.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("sandbox; default-src 'none'");
      assertThat(file.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    }
    String plain = upload("", new byte[0], "");
    HttpResponse<byte[]> empty =
        get(alice.token(), "/_matrix/client/v1/media/download/test/" + plain);
    assertThat(empty.body()).isEmpty();
    assertThat(empty.headers().firstValue("Content-Type")).contains("application/octet-stream");
    server.restart();
    assertThat(get(alice.token(), path).body()).isEqualTo(content);
  }

  @Test
  void whatIsNotThereIsNotFound_HS_MEDIA() {
    String base = "/_matrix/client/v1/media/download/";
    alice.get(base + "test/none").fails(404, "M_NOT_FOUND");
    alice.get(base + "elsewhere/none").fails(404, "M_NOT_FOUND");
    nobody().get(base + "test/none").fails(401, "M_MISSING_TOKEN");
    nobody().post("/_matrix/media/v3/upload", "x").fails(401, "M_MISSING_TOKEN");
    alice.get("/_matrix/client/v1/media/thumbnail/test/none").fails(404, "M_UNRECOGNIZED");
  }

  @Test
  void aFileMayHaveTheLargestSizeAndNotOneByteMore_HS_MEDIA_SIZE() throws Exception {
    upload("", bytes(MAX), "x/y");
    HttpResponse<byte[]> more =
        call(server, alice.token(), "POST", "/_matrix/media/r0/upload", bytes(MAX + 1), "x/y");
    assertThat(more.statusCode()).isEqualTo(413);
    assertThat(new String(more.body(), StandardCharsets.UTF_8)).contains("M_TOO_LARGE");
    for (String config :
        new String[] {
          "/_matrix/client/v1/media/config", "/_matrix/media/v3/config", "/_matrix/media/r0/config"
        }) {
      JsonNode limit = alice.get(config).ok();
      assertThat(limit.path("m.upload.size").asInt()).isEqualTo(MAX);
    }
  }

  @Test
  void oldDownloadsWithoutATokenAreASwitch_HS_MEDIA_AUTH() throws Exception {
    String id = upload("", bytes(10), "x/y");
    for (String base : new String[] {"/_matrix/media/v3", "/_matrix/media/r0"}) {
      nobody().get(base + "/download/test/" + id).fails(404, "M_NOT_FOUND");
      alice.get(base + "/download/test/" + id + "/name").fails(404, "M_NOT_FOUND");
    }
    try (EmbeddedHomeserver open = openServer()) {
      Client bob = Client.register(open, "bob");
      HttpResponse<byte[]> reply =
          call(open, bob.token(), "POST", "/_matrix/media/r0/upload", bytes(10), "x/y");
      String uri = Client.JSON.readTree(reply.body()).path("content_uri").asText();
      String path = "/_matrix/media/r0/download/" + uri.substring("mxc://".length());
      for (String end : new String[] {"", "/name"}) {
        assertThat(call(open, "", "GET", path + end, new byte[0], "").body()).isEqualTo(bytes(10));
      }
    }
  }

  private static EmbeddedHomeserver openServer() throws BindFailed {
    return EmbeddedHomeserver.start(
        HomeserverConfig.defaults().withMedia(MediaPolicy.defaults().withOpenDownloads()));
  }
}
