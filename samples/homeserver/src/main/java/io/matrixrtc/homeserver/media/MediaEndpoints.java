package io.matrixrtc.homeserver.media;

import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.RandomIds;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Upload, download and the bound of files. The server makes no thumbnails and no previews. */
public final class MediaEndpoints implements Endpoints {
  private static final int ID_LETTERS = 24;
  private static final List<String> OLD = List.of("/_matrix/media/v3", "/_matrix/media/r0");
  private static final String NEW = "/_matrix/client/v1/media";

  private record Upload(String owner, String type, @Nullable String filename, String base64) {}

  private static final TableSpec<Upload> SPEC = TableSpec.of("media", Upload.class, "media_id");

  private final Table<Upload> table;
  private final RandomIds ids;
  private final String serverName;
  private final MediaPolicy policy;

  public MediaEndpoints(Foundation foundation, MediaPolicy policy) {
    this.table = Table.open(foundation.storage(), SPEC);
    this.ids = foundation.ids();
    this.serverName = foundation.serverName();
    this.policy = policy;
  }

  @Override
  public void addTo(Routes routes) {
    Route.Access token = Route.Access.REQUIRED;
    add(routes, "GET", NEW + "/config", token, this::config);
    add(routes, "GET", NEW + "/download/{server}/{id}", token, this::download);
    add(routes, "GET", NEW + "/download/{server}/{id}/{name}", token, this::download);
    for (String base : OLD) {
      add(routes, "POST", base + "/upload", token, this::upload);
      add(routes, "GET", base + "/config", token, this::config);
      Route.Access open = Route.Access.PUBLIC;
      add(routes, "GET", base + "/download/{server}/{id}", open, this::openDownload);
      add(routes, "GET", base + "/download/{server}/{id}/{name}", open, this::openDownload);
    }
  }

  private static void add(
      Routes routes, String method, String path, Route.Access access, Route.Handler handler) {
    routes.add(new Route(method, path, access, Optional.of(RateClass.MEDIA), handler));
  }

  private Answer config(Request request) {
    return Answer.ok(Json.object().put("m.upload.size", policy.maxUploadBytes()));
  }

  private Answer upload(Request request) {
    // HS-MEDIA-SIZE
    if (request.body().length > policy.maxUploadBytes()) {
      throw new MatrixException(
          ErrorCode.M_TOO_LARGE, "Upload is larger than " + policy.maxUploadBytes());
    }
    String id = ids.letters(ID_LETTERS);
    table.put(
        new Upload(
            request.session().userId(),
            request.header("Content-Type").orElse("application/octet-stream"),
            request.query("filename").orElse(null),
            Base64.getEncoder().encodeToString(request.body())),
        id);
    return Answer.ok(Json.object().put("content_uri", "mxc://" + serverName + "/" + id));
  }

  // HS-MEDIA-AUTH: as a server that has frozen its unauthenticated media.
  private Answer openDownload(Request request) {
    if (!policy.openDownloads()) {
      throw MatrixException.notFound("Not found");
    }
    return download(request);
  }

  private Answer download(Request request) {
    Upload file =
        Optional.of(request.path("server"))
            .filter(serverName::equals)
            .flatMap(server -> table.get(request.path("id")))
            .orElseThrow(() -> MatrixException.notFound("Not found"));
    String filename = file.filename();
    String disposition =
        filename == null
            ? "attachment"
            : "attachment; filename*=utf-8''"
                + URLEncoder.encode(filename, StandardCharsets.UTF_8).replace("+", "%20");
    return new Answer.Bytes(
        200,
        Base64.getDecoder().decode(file.base64()),
        Map.of(
            "Content-Type",
            file.type(),
            "Content-Disposition",
            disposition,
            "Content-Security-Policy",
            "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf;"
                + " style-src 'unsafe-inline'; object-src 'self';",
            "Cross-Origin-Resource-Policy",
            "cross-origin",
            "X-Content-Type-Options",
            "nosniff"));
  }
}
