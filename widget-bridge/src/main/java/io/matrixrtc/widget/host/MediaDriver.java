package io.matrixrtc.widget.host;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The media repository (MSC4039), with authenticated downloads. */
public interface MediaDriver {
  /** The largest upload in bytes, if the homeserver says so. */
  CompletionStage<DriverResult<Optional<Long>>> config(GetConfig query);

  /** Uploads; answers the {@code mxc} URI. */
  CompletionStage<DriverResult<String>> upload(Upload file);

  /** Downloads. */
  CompletionStage<DriverResult<MediaContent>> download(Download file);

  /** What are the limits? */
  record GetConfig() implements DriverCall<Optional<Long>> {
    @Override
    public CompletionStage<DriverResult<Optional<Long>>> on(WidgetDriver driver) {
      return driver.media().config(this);
    }
  }

  /** A file to upload. */
  record Upload(MediaContent content) implements DriverCall<String> {
    @Override
    public CompletionStage<DriverResult<String>> on(WidgetDriver driver) {
      return driver.media().upload(this);
    }
  }

  /**
   * A file to download.
   *
   * @param contentUri a checked {@code mxc} URI
   * @param maxBytes stop beyond it and fail
   */
  record Download(String contentUri, int maxBytes) implements DriverCall<MediaContent> {
    @Override
    public CompletionStage<DriverResult<MediaContent>> on(WidgetDriver driver) {
      return driver.media().download(this);
    }
  }
}
