package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.host.MediaDriver.Download;
import io.matrixrtc.widget.host.MediaDriver.GetConfig;
import io.matrixrtc.widget.host.MediaDriver.Upload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Files (MSC4039). Binary passes the relay of JSON as base64: downloads as a plain base64 string,
 * which Element Call takes, and uploads as {@code {"$base64": "...", "type": "image/png"}}, which
 * the host page makes of a Blob. A plain string uploads its UTF-8 bytes.
 */
final class MediaRequests {
  /** The member that tells base64 from a text. */
  static final String BASE64 = "$base64";

  /** Server name and media id, as the specification limits them. */
  private static final Pattern MXC =
      Pattern.compile("mxc://[A-Za-z0-9.\\-:\\[\\]]{1,255}/[A-Za-z0-9_\\-]{1,255}");

  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(5);
  private static final Duration WAY = Duration.ofMillis(500);

  private final HostSession session;

  MediaRequests(HostSession session) {
    this.session = session;
  }

  void config(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.UPLOAD_FILE);
    exchange.call(
        new GetConfig(),
        "Unexpected error while getting the media configuration",
        size -> {
          ObjectNode response = Json.newObject();
          size.ifPresent(bytes -> response.put("m.upload.size", bytes));
          exchange.reply(response);
        });
  }

  void upload(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.UPLOAD_FILE);
    MediaContent file = content(data.node("file"));
    if (file.length() > session.limits().maxMediaBytes()) { // MEDIA-SIZE
      throw new RequestRefusedException("The file is too large");
    }
    exchange.call(
        new Upload(file),
        "Unexpected error while uploading a file",
        uri -> exchange.reply(Json.newObject().put("content_uri", uri)));
  }

  private static MediaContent content(JsonNode file) throws RequestRefusedException {
    if (file.isTextual()) {
      return MediaContent.copyOf(
          file.textValue().getBytes(StandardCharsets.UTF_8), Optional.of("text/plain"));
    }
    if (!file.path(BASE64).isTextual()) {
      throw RequestFields.wrong("file");
    }
    try {
      return MediaContent.ofBase64(
          file.get(BASE64).textValue(), Optional.ofNullable(file.path("type").textValue()));
    } catch (IllegalArgumentException e) {
      throw RequestFields.wrong("file");
    }
  }

  void download(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.DOWNLOAD_FILE);
    String uri = data.filled("content_uri", "missing content URI");
    if (!MXC.matcher(uri).matches()) { // MEDIA-MXC
      throw new RequestRefusedException("Invalid content URI");
    }
    if (data.has("encryption")) { // MEDIA-PLAIN
      throw RequestRefusedException.invalid("encrypted files are not decrypted here");
    }
    Optional<Duration> patience = data.millis("timeout_ms", LONGEST_DOWNLOAD);
    patience
        .map(time -> time.minus(WAY))
        .filter(time -> !time.isNegative())
        .ifPresent(exchange::allow);
    exchange.call(
        new Download(uri, session.limits().maxMediaBytes()),
        "Unexpected error while downloading a file",
        file -> {
          if (file.length() > session.limits().maxMediaBytes()) {
            throw new RequestRefusedException("Unexpected error while downloading a file");
          }
          exchange.reply(Json.newObject().put("file", file.base64()));
        });
  }

  private void need(Feature feature) throws RequestRefusedException {
    if (!session.grants().has(feature)) {
      throw RequestRefusedException.missingCapability();
    }
  }
}
