package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.secrets.AccountData;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.HomeserverApi;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Global account data on a homeserver. Blocks: not for the client's scheduler. */
public final class ServerAccountData implements AccountData {
  private final HomeserverApi api;
  private final String userId;

  /** Reads and writes what {@code userId} has, with the login of {@code api}. */
  public ServerAccountData(HomeserverApi api, String userId) {
    this.api = api;
    this.userId = userId;
  }

  @Override
  public Optional<ObjectNode> read(String type) throws AccountDataException {
    ApiResult<ObjectNode> result =
        await(api.call(ApiRequest.get("v3", "user", userId, "account_data", type)));
    if (result instanceof ApiResult.Failed<ObjectNode> failed) {
      if (RoomKeysApi.isNotFound(failed.failure())) {
        return Optional.empty();
      }
      throw failed(failed.failure());
    }
    return Optional.of(result.orThrow());
  }

  @Override
  public void write(String type, ObjectNode content) throws AccountDataException {
    ApiResult<ObjectNode> result =
        await(api.call(ApiRequest.put(content, "v3", "user", userId, "account_data", type)));
    if (result instanceof ApiResult.Failed<ObjectNode> failed) {
      throw failed(failed.failure());
    }
  }

  private static <T> T await(CompletionStage<T> stage) throws AccountDataException {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new AccountDataException("the client is closed", e);
    }
  }

  private static AccountDataException failed(ApiFailure failure) {
    return new AccountDataException(failure.sentence());
  }
}
