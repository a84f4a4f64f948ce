package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.HostedWidget.LoadMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Agrees with the widget on what it may do (MSC2764, MSC2974).
 *
 * <p>Before a document says {@code content_loaded} (or has loaded, by {@link LoadMode}) it is
 * waited for; then it is asked what it wants, the policy decides, and it is told. Every decision
 * ends with {@code notify_capabilities}, a failed one too, since widgets wait for it. Grants are
 * never withdrawn while a document lives, and never outlive it.
 */
final class Negotiation {
  /** Most negotiations that wait for the decision before them; one more is refused. */
  static final int MAX_WAITING = 8;

  private final HostSession session;
  private final CapabilityRules rules;
  private final Granted onGranted;
  private final Map<String, Capability> requested = new LinkedHashMap<>();
  private final Deque<List<String>> undecided = new ArrayDeque<>();
  private Phase phase = Phase.LOADING;
  private boolean deciding;

  /** How far a document is. */
  enum Phase {
    LOADING,
    ASKING,
    READY
  }

  /** Is told what is new after each decision. */
  @FunctionalInterface
  interface Granted {
    /**
     * @param wantedState whether this is the document's first decision and it asked for state: it
     *     then waits for some, granted or not
     */
    void onGranted(Set<Capability> more, boolean wantedState);
  }

  /** Tells {@code onGranted} what is new after each decision. */
  Negotiation(HostSession session, Granted onGranted) {
    this.session = session;
    this.rules = new CapabilityRules(session.widget());
    this.onGranted = onGranted;
  }

  boolean isReady() {
    return phase == Phase.READY;
  }

  /** The request {@code supported_api_versions}: at any time, without a grant. */
  void versions(Exchange exchange, RequestFields data) {
    ObjectNode response = Json.newObject();
    ArrayNode versions = response.putArray("supported_versions");
    ApiVersion.wireNames(session.widget().versions()).forEach(versions::add);
    exchange.reply(response);
  }

  /** The request {@code content_loaded}: a document says it once, and first. */
  void contentLoaded(Exchange exchange, RequestFields data) throws RequestRefusedException {
    if (session.widget().loadMode() == LoadMode.ON_IFRAME_LOAD) {
      throw new RequestRefusedException("Improper sequence: content_loaded was not waited for");
    }
    exchange.acknowledge();
    begin();
  }

  /** Whether the document there was said {@code content_loaded} and was listened to. */
  boolean hasHeardContentLoaded() {
    return phase != Phase.LOADING && session.widget().loadMode() != LoadMode.ON_IFRAME_LOAD;
  }

  /** The document has loaded. */
  void onLoaded() {
    if (phase == Phase.LOADING && session.widget().loadMode() == LoadMode.ON_IFRAME_LOAD) {
      begin();
    }
  }

  /** Another document. Nothing of what was granted is left. */
  void onNextDocument() {
    session.setGrants(CapabilitySet.NONE);
    requested.clear();
    undecided.clear();
    deciding = false;
    phase = Phase.LOADING;
  }

  private void begin() {
    phase = Phase.ASKING;
    session.push(
        WidgetAction.CAPABILITIES,
        Json.newObject(),
        answer ->
            decide(
                answer instanceof PushAnswer.Taken taken
                    ? strings(taken.response().path("capabilities"))
                    : List.of()));
  }

  private List<String> strings(JsonNode array) {
    Set<String> strings = new LinkedHashSet<>();
    for (JsonNode item : array) {
      if (item.isTextual()
          && item.textValue().length() <= RequestFields.MAX_TEXT_CHARS
          && strings.size() < session.limits().maxCapabilities()) {
        strings.add(item.textValue().intern()); // as in thousands of other sessions
      }
    }
    return List.copyOf(strings);
  }

  /** The request to renegotiate: answered at once, decided afterwards. */
  void requestCapabilities(Exchange exchange, RequestFields data) throws RequestRefusedException {
    List<String> wanted = data.texts("capabilities", session.limits().maxCapabilities()); // LIMITS
    if (deciding && undecided.size() >= MAX_WAITING) { // LIMITS
      throw new RequestRefusedException("Too many negotiations at a time");
    }
    exchange.acknowledge();
    decide(wanted);
  }

  /** One decision at a time, so that the user is not asked the same twice. */
  private void decide(List<String> wanted) {
    if (deciding) {
      undecided.add(wanted);
      return;
    }
    for (String text : wanted) {
      if (requested.size() < session.limits().maxCapabilities()) {
        requested.putIfAbsent(text, Capability.parse(text));
      }
    }
    List<Capability> open = new ArrayList<>(new LinkedHashSet<>(wantedButNotGranted(wanted)));
    if (open.isEmpty()) {
      grant(Set.of());
      decideNext();
      return;
    }
    deciding = true;
    session.call(
        new CapabilityPolicy.Decide(session.widget().widgetId(), open, session.grants()),
        result -> {
          deciding = false;
          Set<Capability> approved = new LinkedHashSet<>(open); // CAP-SUBSET
          if (result instanceof DriverResult.Done<Set<Capability>> done) {
            approved.retainAll(done.answer());
          } else {
            approved.clear();
          }
          grant(approved);
          decideNext();
        });
  }

  /** Each that has waited has its own decision and notice, also behind one that asks nobody. */
  private void decideNext() {
    if (!deciding && !undecided.isEmpty()) {
      decide(undecided.remove());
    }
  }

  private List<Capability> wantedButNotGranted(List<String> wanted) {
    List<Capability> open = new ArrayList<>();
    for (String text : wanted) {
      Capability capability = requested.get(text);
      if (capability != null
          && rules.isGrantable(capability)
          && !session.grants().has(capability)) {
        open.add(capability);
      }
    }
    return open;
  }

  /** NOTIFY-ALWAYS: what the session has asked for and has been granted, all in all. */
  private void grant(Set<Capability> more) {
    session.setGrants(session.grants().with(more));
    List<String> approved =
        requested.entrySet().stream()
            .filter(wanted -> session.grants().has(wanted.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    ObjectNode notice = Json.newObject();
    ArrayNode all = notice.putArray("requested");
    requested.keySet().forEach(all::add);
    ArrayNode granted = notice.putArray("approved");
    approved.forEach(granted::add);
    boolean isFirst = phase != Phase.READY;
    phase = Phase.READY;
    session.report(new HostEvent.Negotiated(List.copyOf(requested.keySet()), approved));
    session.push(WidgetAction.NOTIFY_CAPABILITIES, notice);
    onGranted.onGranted(more, isFirst && wantedState());
  }

  /** Whether the document asked for any state, granted or not. */
  private boolean wantedState() {
    return requested.values().stream()
        .anyMatch(
            capability ->
                capability instanceof Capability.StateEvent state && state.flow() == Flow.RECEIVE);
  }
}
