package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.OpenIdToken;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.OpenIdDriver.AskUser;
import io.matrixrtc.widget.host.OpenIdDriver.GetStanding;
import io.matrixrtc.widget.host.OpenIdDriver.GetToken;
import io.matrixrtc.widget.host.OpenIdDriver.Standing;

/**
 * The action {@code get_openid} (MSC1960): allowed or blocked at once, or a question to the user
 * whose answer follows as {@code openid_credentials}. Each request gets a token of its own
 * (OPENID-ONE); a blocked answer never carries one (OPENID-BLOCKED).
 */
final class OpenIdExchange {
  private final HostSession session;
  private int prompts;

  OpenIdExchange(HostSession session) {
    this.session = session;
  }

  void get(Exchange exchange, RequestFields data) {
    String widgetId = session.widget().widgetId();
    exchange.call(
        new GetStanding(widgetId),
        "Error getting an OpenID token",
        standing -> {
          if (standing == Standing.ALLOWED) {
            exchange.call(
                new GetToken(widgetId),
                "Error getting an OpenID token",
                token -> exchange.reply(allowed(token)));
          } else if (standing == Standing.BLOCKED
              || prompts >= session.limits().maxOpenIdPrompts()) { // LIMITS
            exchange.reply(state("blocked"));
          } else {
            prompts++;
            exchange.reply(state("request"));
            ask(exchange.request().requestId());
          }
        });
  }

  private void ask(String requestId) {
    String widgetId = session.widget().widgetId();
    session.call(
        new AskUser(widgetId),
        answer -> {
          prompts--;
          if (answer instanceof DriverResult.Done<Boolean> done && done.answer()) {
            session.call(new GetToken(widgetId), token -> tell(requestId, token));
          } else {
            tell(requestId, DriverResult.failed("blocked"));
          }
        });
  }

  /** OPENID-MATCH: which of its requests this answers. */
  private void tell(String requestId, DriverResult<OpenIdToken> token) {
    ObjectNode data =
        token instanceof DriverResult.Done<OpenIdToken> done
            ? allowed(done.answer())
            : state("blocked");
    session.push(WidgetAction.OPENID_CREDENTIALS, data.put("original_request_id", requestId));
  }

  private static ObjectNode allowed(OpenIdToken token) {
    ObjectNode response = state("allowed");
    token.writeTo(response);
    return response;
  }

  private static ObjectNode state(String state) {
    return Json.newObject().put("state", state);
  }

  void reset() {
    prompts = 0;
  }
}
