package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.options.ColorScheme;
import io.matrixrtc.client.MatrixClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Files of a widget in Chromium: into the homeserver's media repository and back, byte by byte. */
@Tag("interop")
final class WidgetMediaPageTest {
  private static final int BYTES = 700_001;

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(4039).nextBytes(bytes);
    return bytes;
  }

  private static Frame frame(HostedPage page) {
    return page.page().frames().get(1);
  }

  private static Map<?, ?> asked(HostedPage page, String function, Object argument) {
    return (Map<?, ?>) frame(page).evaluate(function, argument);
  }

  private static String uploaded(HostedPage page, String form, byte[] bytes) {
    Map<?, ?> answer =
        asked(page, "upload", List.of(form, Base64.getEncoder().encodeToString(bytes)));
    assertThat(answer.get("content_uri")).as("%s: %s", form, answer).isNotNull();
    return String.valueOf(answer.get("content_uri"));
  }

  /** From the homeserver, past host and page. */
  private static HttpResponse<byte[]> fetched(MatrixClient client, String uri) throws Exception {
    URI from =
        client
            .api()
            .homeserver()
            .resolve("/_matrix/client/v1/media/download/" + uri.substring("mxc://".length()));
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(from)
                .header("Authorization", "Bearer " + client.session().token().reveal())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void filesGoUpAndDownByteByByte(TestInfo info) throws Exception {
    try (ServedFiles files = ServedFiles.of(Map.of("/", "/media/"));
        HostedCall call =
            new HostedCall(
                "WidgetMediaPageTest." + info.getTestMethod().orElseThrow().getName(),
                new HostedCall.Options(
                    Optional.of(URI.create("http://127.0.0.1:" + files.port() + "/widget.html")),
                    true),
                "alice")) {
      HostedPage page = call.open("alice", ColorScheme.LIGHT);
      page.page().locator("#consent[open]").waitFor();
      page.page().locator("#consent-yes").click();
      page.await(() -> frame(page).evaluate("approved !== null").equals(true));
      MatrixClient bob = call.participant("bob").client().matrix();
      byte[] text = "straße, 通話, 👩‍👩‍👧 \" \\ \u0000 \u2028".getBytes(StandardCharsets.UTF_8);
      Map<String, byte[]> cases =
          Map.of(
              "blob", random(BYTES),
              "file", random(BYTES + 1),
              "buffer", random(BYTES + 2),
              "view", random(BYTES / 10),
              "text", text);
      for (Map.Entry<String, byte[]> one : cases.entrySet()) {
        String uri = uploaded(page, one.getKey(), one.getValue());
        HttpResponse<byte[]> there = fetched(bob, uri);
        assertThat(there.body()).as(one.getKey()).isEqualTo(one.getValue());
        if (List.of("blob", "file").contains(one.getKey())) {
          assertThat(there.headers().firstValue("Content-Type")).hasValue("image/png");
        }
        assertThat(Base64.getDecoder().decode(file(page, uri)))
            .as("%s, back in the widget", one.getKey())
            .isEqualTo(one.getValue());
      }
      byte[] none = fetched(bob, uploaded(page, "blob", new byte[0])).body();
      assertThat(none).as("an empty file").isEmpty();
      assertThat(asked(page, "download", "mxc://localhost/nothing").get("error"))
          .as("control: what is not there does not come")
          .isNotNull();
    }
  }

  private static String file(HostedPage page, String uri) {
    return String.valueOf(asked(page, "download", uri).get("file"));
  }
}
