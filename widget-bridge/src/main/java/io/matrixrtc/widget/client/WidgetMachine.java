package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.Direction;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.api.MalformedMessageException;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.api.WidgetError;
import io.matrixrtc.widget.api.WidgetMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The widget side of one session, without I/O: what has happened and the time go in, messages to
 * post come out. Not thread-safe; {@link WidgetClient} confines it.
 *
 * <p>{@link #start} asks the host's versions and says {@code content_loaded}. The host then asks
 * what is wanted and tells what is approved; once state has come, if any is wanted, the listener
 * hears {@link WidgetListener#onReady}. What is wrong with a message from the host makes it
 * ignored.
 */
public final class WidgetMachine {
  /** Which version of the host an action needs. */
  private static final Map<WidgetAction, ApiVersion> NEEDS =
      Map.of(
          WidgetAction.REQUEST_CAPABILITIES, ApiVersion.MSC2974,
          WidgetAction.READ_RELATIONS, ApiVersion.MSC3869,
          WidgetAction.USER_DIRECTORY_SEARCH, ApiVersion.MSC3973,
          WidgetAction.GET_MEDIA_CONFIG, ApiVersion.MSC4039,
          WidgetAction.UPLOAD_FILE, ApiVersion.MSC4039,
          WidgetAction.DOWNLOAD_FILE, ApiVersion.MSC4039,
          WidgetAction.GET_RTC_TRANSPORTS, ApiVersion.MSC4515,
          WidgetAction.LIVEKIT_GET_TOKEN, ApiVersion.MSC4533,
          WidgetAction.LIVEKIT_DELEGATE_DELAYED_LEAVE, ApiVersion.MSC4533);

  private final WidgetSettings settings;
  private final WidgetListener listener;
  private final Supplier<String> ids;
  private final HostRequests requests;
  private final OpenIdRequests openId = new OpenIdRequests();
  private final List<WidgetMessage> out = new ArrayList<>();
  private Optional<Set<ApiVersion>> hostVersions = Optional.empty();
  private Optional<WidgetMessage> unansweredCapabilities = Optional.empty();
  private boolean negotiated;
  private boolean ready;
  private boolean closed;
  private Instant now = Instant.EPOCH;

  /**
   * @param ids makes request ids, never the same twice
   */
  public WidgetMachine(WidgetSettings settings, WidgetListener listener, Supplier<String> ids) {
    this.settings = settings;
    this.listener = listener;
    this.ids = ids;
    this.requests = new HostRequests(settings.widgetId(), settings.requestTimeout());
  }

  /** Begins. */
  public List<WidgetMessage> start(Instant at) {
    return during(
        at,
        () -> {
          ask(WidgetAction.SUPPORTED_API_VERSIONS, Json.newObject(), this::onHostVersions);
          ask(WidgetAction.CONTENT_LOADED, Json.newObject(), result -> {});
        });
  }

  /** No answer: the host implements nothing. */
  private void onHostVersions(WidgetResult result) {
    Set<String> names = new TreeSet<>();
    if (result instanceof WidgetResult.Answered answered) {
      answered.response().path("supported_versions").forEach(name -> names.add(name.asText()));
    }
    hostVersions = Optional.of(ApiVersion.known(names));
    unansweredCapabilities.ifPresent(this::answerCapabilities);
  }

  /** What the host implements, once it is known. */
  public Optional<Set<ApiVersion>> hostVersions() {
    return hostVersions;
  }

  private boolean hostHas(ApiVersion version) {
    return hostVersions.orElse(Set.of()).contains(version);
  }

  /** Something was posted to the widget. */
  public List<WidgetMessage> onMessage(String text, Instant at) {
    return during(
        at,
        () -> {
          WidgetMessage message;
          try {
            message = settings.reader().read(text);
          } catch (MalformedMessageException e) {
            return;
          }
          boolean isReply = message.response().isPresent();
          if (!message.widgetId().equals(settings.widgetId())
              || isReply != (message.direction() == Direction.FROM_WIDGET)) {
            return;
          }
          if (isReply) {
            requests.onReply(message);
          } else {
            onRequest(message);
          }
        });
  }

  private void onRequest(WidgetMessage request) {
    WidgetAction action =
        WidgetAction.of(Direction.TO_WIDGET, request.action()).orElse(WidgetAction.OPEN_MODAL);
    ObjectNode data = request.data();
    switch (action) {
      case SUPPORTED_API_VERSIONS -> {
        ObjectNode response = Json.newObject();
        ArrayNode names = response.putArray("supported_versions");
        ApiVersion.wireNames(settings.versions()).forEach(names::add);
        out.add(request.reply(response));
      }
      case CAPABILITIES -> onCapabilitiesAsked(request);
      case NOTIFY_CAPABILITIES -> {
        acknowledge(request);
        onApproved(data.path("approved"));
      }
      case UPDATE_STATE -> {
        listener.onState(objects(data.path("state")));
        acknowledge(request);
        becomeReady();
      }
      case SEND_EVENT -> {
        if (data.has("state_key") && !hostHas(ApiVersion.MSC2762_UPDATE_STATE)) {
          listener.onState(List.of(data)); // nothing else will tell
        }
        listener.onRoomEvent(data);
        acknowledge(request);
      }
      case SEND_TO_DEVICE -> {
        if (data.path("content") instanceof ObjectNode content) {
          listener.onToDevice(
              data.path("type").asText(),
              data.path("sender").asText(),
              data.path("encrypted").isBoolean() && data.path("encrypted").booleanValue(),
              content);
        }
        acknowledge(request);
      }
      case OPENID_CREDENTIALS -> {
        acknowledge(request);
        openId.onCredentials(data);
      }
      default ->
          out.add(
              request.reply(
                  listener
                      .onRequest(action, data)
                      .orElseGet(
                          () -> WidgetError.unknownToWidget(request.action()).toResponse())));
    }
  }

  private static List<ObjectNode> objects(JsonNode array) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode item : array) {
      if (item instanceof ObjectNode object) {
        objects.add(object);
      }
    }
    return objects;
  }

  private void acknowledge(WidgetMessage request) {
    out.add(request.reply(Json.newObject()));
  }

  /** CLIENT-ONCE: the answer waits for the host's versions, and is given once. */
  private void onCapabilitiesAsked(WidgetMessage request) {
    if (negotiated || unansweredCapabilities.isPresent()) {
      out.add(
          request.reply(WidgetError.of("Capability negotiation already completed").toResponse()));
    } else if (hostVersions.isPresent()) {
      answerCapabilities(request);
    } else {
      unansweredCapabilities = Optional.of(request);
    }
  }

  private void answerCapabilities(WidgetMessage request) {
    unansweredCapabilities = Optional.empty();
    negotiated = true;
    ObjectNode response = Json.newObject();
    ArrayNode wanted = response.putArray("capabilities");
    settings.wanted().forEach(capability -> wanted.add(capability.text()));
    out.add(request.reply(response));
    if (!hostHas(ApiVersion.MSC2871)) { // nobody will tell what is approved
      afterApproval();
    }
  }

  private void onApproved(JsonNode approved) {
    List<String> texts = new ArrayList<>();
    approved.forEach(text -> texts.add(text.asText()));
    listener.onCapabilities(CapabilitySet.parse(texts));
    if (!ready) {
      afterApproval();
    }
  }

  /** CLIENT-READY. */
  private void afterApproval() {
    Set<String> types = new LinkedHashSet<>();
    for (Capability capability : settings.wanted()) {
      if (capability instanceof Capability.StateEvent state && state.flow() == Flow.RECEIVE) {
        types.add(state.type());
      }
    }
    if (types.isEmpty()) {
      becomeReady();
    } else if (!hostHas(ApiVersion.MSC2762_UPDATE_STATE)) {
      readState(new ArrayList<>(types), 0);
    }
  }

  private void readState(List<String> types, int index) {
    if (index == types.size()) {
      becomeReady();
      return;
    }
    ObjectNode query = Json.newObject().put("type", types.get(index)).put("state_key", true);
    ask(
        WidgetAction.READ_EVENTS,
        query,
        result -> {
          if (result instanceof WidgetResult.Answered answered) {
            listener.onState(objects(answered.response().path("events")));
          }
          readState(types, index + 1);
        });
  }

  private void becomeReady() {
    if (!ready) {
      ready = true;
      listener.onReady();
    }
  }

  /** Whether the listener has heard that the widget may begin. */
  public boolean isReady() {
    return ready;
  }

  /**
   * Asks the host something.
   *
   * @param then told once what became of it, during this or a later call of this machine
   */
  public List<WidgetMessage> request(
      WidgetAction action, ObjectNode data, Consumer<WidgetResult> then, Instant at) {
    return during(at, () -> ask(action, data, then));
  }

  /** Asks for an OpenID token. The user may be asked, which takes as long as it takes. */
  public List<WidgetMessage> requestOpenId(Consumer<OpenIdAnswer> then, Instant at) {
    return during(
        at,
        () -> {
          String id = ids.get();
          out.add(
              requests.start(
                  id,
                  WidgetAction.GET_OPENID,
                  Json.newObject(),
                  now,
                  result -> openId.onResult(id, result, then)));
        });
  }

  private void ask(WidgetAction action, ObjectNode data, Consumer<WidgetResult> then) {
    ApiVersion needed = NEEDS.get(action);
    if (closed) {
      then.accept(new WidgetResult.Closed());
    } else if (needed != null && !hostHas(needed)) { // CLIENT-VERSION
      then.accept(new WidgetResult.Unsupported(needed));
    } else {
      out.add(requests.start(ids.get(), action, data, now, then));
    }
  }

  /** Time has passed. To be called at {@link #nextDeadline}. */
  public List<WidgetMessage> onTime(Instant at) {
    return during(at, () -> requests.onTime(now));
  }

  /** When a request is overdue, if any waits. */
  public Optional<Instant> nextDeadline() {
    return requests.nextDeadline();
  }

  /** Ends: what waits is told so, and nothing is heard any more. */
  public void close() {
    closed = true;
    requests.close();
    openId.close();
    out.clear();
  }

  /** Runs {@code task} if this was closed. */
  void ifClosed(Runnable task) {
    if (closed) {
      task.run();
    }
  }

  private List<WidgetMessage> during(Instant at, Runnable input) {
    now = at;
    if (closed) {
      return List.of();
    }
    input.run();
    List<WidgetMessage> posts = List.copyOf(out);
    out.clear();
    return posts;
  }
}
