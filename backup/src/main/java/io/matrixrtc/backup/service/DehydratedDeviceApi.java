package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.HomeserverApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The homeserver's endpoints for dehydrated devices. Any thread may call; stages complete on the
 * client's scheduler, exceptionally only when the client is closed. Source: MSC3814.
 */
class DehydratedDeviceApi {
  private static final List<String> PATH =
      List.of("unstable", "org.matrix.msc3814.v1", "dehydrated_device");

  private final HomeserverApi api;

  DehydratedDeviceApi(HomeserverApi api) {
    this.api = api;
  }

  /** The device: {@code device_id} and {@code device_data}. */
  CompletionStage<ApiResult<ObjectNode>> get() {
    return api.call(request("GET", Optional.empty()));
  }

  /** Puts a device in the place of the one that is there. */
  CompletionStage<ApiResult<ObjectNode>> put(ObjectNode body) {
    return api.call(request("PUT", Optional.of(body)));
  }

  CompletionStage<ApiResult<ObjectNode>> delete() {
    return api.call(request("DELETE", Optional.empty()));
  }

  /**
   * A page of what was sent to it: {@code events} and, unless it is the last, {@code next_batch}.
   */
  CompletionStage<ApiResult<ObjectNode>> events(String deviceId, Optional<String> from) {
    ApiRequest request = request("GET", Optional.empty(), deviceId, "events");
    return api.call(from.isPresent() ? request.with("from", from.get()) : request);
  }

  private static ApiRequest request(String method, Optional<ObjectNode> body, String... more) {
    List<String> path = new ArrayList<>(PATH);
    path.addAll(List.of(more));
    return new ApiRequest(method, path, Map.of(), body, true, true, Optional.empty());
  }

  /** Whether the homeserver knows no such endpoints. */
  static boolean isUnrecognized(ApiFailure failure) {
    return failure instanceof ApiFailure.Refused refused
        && refused.errcode().equals("M_UNRECOGNIZED");
  }
}
