package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** To-device messages. Matrix specification, "Send-to-Device messaging". */
public final class ToDeviceApi {
  private final HomeserverApi api;

  ToDeviceApi(HomeserverApi api) {
    this.api = api;
  }

  /**
   * {@code PUT /sendToDevice/{type}/{transaction}}.
   *
   * @param body {@code {"messages": {user: {device: content}}}}; not sent if a content is larger
   *     than homeservers take, or the whole than 256 KiB (SIZE-TO-DEVICE)
   */
  public CompletionStage<ApiResult<ObjectNode>> send(
      String eventType, String transactionId, ObjectNode body) {
    Optional<ApiFailure> problem = EventSize.ofToDevice(body);
    if (problem.isPresent()) {
      return CompletableFuture.completedFuture(new ApiResult.Failed<>(problem.get()));
    }
    return api.call(ApiRequest.put(body, "v3", "sendToDevice", eventType, transactionId));
  }
}
