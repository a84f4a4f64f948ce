package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletionStage;

/**
 * Device keys and one-time keys. Bodies and answers are those of the Matrix specification,
 * end-to-end encryption, "Key management API"; the Olm machine makes and reads them.
 */
public final class KeysApi {
  private final HomeserverApi api;

  KeysApi(HomeserverApi api) {
    this.api = api;
  }

  /** {@code POST /keys/upload}; the same keys again change nothing. */
  public CompletionStage<ApiResult<ObjectNode>> upload(ObjectNode body) {
    return api.call(ApiRequest.post(body, "v3", "keys", "upload").asRepeatable());
  }

  /** {@code POST /keys/query}. */
  public CompletionStage<ApiResult<ObjectNode>> query(ObjectNode body) {
    return api.call(ApiRequest.post(body, "v3", "keys", "query").asRepeatable());
  }

  /**
   * {@code POST /keys/device_signing/upload}; the same keys again change nothing. A refusal with
   * status 401 says what the homeserver wants to be shown.
   */
  public CompletionStage<ApiResult<ObjectNode>> uploadSigningKeys(ObjectNode body) {
    return api.call(ApiRequest.post(body, "v3", "keys", "device_signing", "upload").asRepeatable());
  }

  /** {@code POST /keys/signatures/upload}; the same signatures again change nothing. */
  public CompletionStage<ApiResult<ObjectNode>> uploadSignatures(ObjectNode body) {
    return api.call(ApiRequest.post(body, "v3", "keys", "signatures", "upload").asRepeatable());
  }

  /** {@code POST /keys/claim}; a repetition after a lost answer costs the devices a key each. */
  public CompletionStage<ApiResult<ObjectNode>> claim(ObjectNode body) {
    return api.call(ApiRequest.post(body, "v3", "keys", "claim").asRepeatable());
  }
}
