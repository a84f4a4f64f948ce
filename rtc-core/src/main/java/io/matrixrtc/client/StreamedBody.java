package io.matrixrtc.client;

import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Hands the body of an answer to a sink, one piece at a time: the next one is asked for when the
 * sink is done with the last. Fails if nothing comes for a while (HTTP-IDLE).
 */
final class StreamedBody implements HttpResponse.BodySubscriber<String> {
  private final BodySink sink;
  private final Executor later;
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private CompletionStage<Void> taken = CompletableFuture.completedFuture(null);
  private Flow.@Nullable Subscription subscription;
  private final AtomicLong pieces = new AtomicLong();
  private volatile boolean waiting;

  StreamedBody(BodySink sink, Duration idle) {
    this.sink = sink;
    this.later = CompletableFuture.delayedExecutor(idle.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletionStage<String> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription upstream) {
    subscription = upstream;
    watch(-1);
    next(upstream);
  }

  private void next(Flow.Subscription upstream) {
    waiting = true;
    upstream.request(1);
  }

  /** Looks from time to time whether anything came since the last look. */
  private void watch(long before) {
    long now = pieces.get();
    if (body.isDone()) {
      return;
    }
    if (waiting && now == before) {
      fail(new HttpTimeoutException("nothing came for too long"));
      return;
    }
    later.execute(() -> watch(now));
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    waiting = false;
    pieces.incrementAndGet();
    byte[] bytes = new byte[parts.stream().mapToInt(ByteBuffer::remaining).sum()];
    int at = 0;
    for (ByteBuffer part : parts) {
      int length = part.remaining();
      part.get(bytes, at, length);
      at += length;
    }
    taken = sink.take(bytes);
    taken.whenComplete(
        (done, error) -> {
          Flow.Subscription upstream = subscription;
          if (error != null) {
            fail(error);
          } else if (upstream != null) {
            next(upstream);
          }
        });
  }

  private void fail(Throwable why) {
    Flow.Subscription upstream = subscription;
    if (upstream != null) {
      upstream.cancel();
    }
    body.completeExceptionally(why);
  }

  @Override
  public void onError(Throwable error) {
    body.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    taken.whenComplete(
        (done, error) -> {
          if (error != null) {
            body.completeExceptionally(error);
          } else {
            body.complete("");
          }
        });
  }
}
