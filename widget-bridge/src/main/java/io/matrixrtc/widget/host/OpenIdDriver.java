package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.OpenIdToken;
import java.util.concurrent.CompletionStage;

/** OpenID tokens and the user's consent to hand them out (MSC1960). */
public interface OpenIdDriver {
  /** What the user has decided for this widget so far. Answers at once. */
  CompletionStage<DriverResult<Standing>> standing(GetStanding query);

  /** Asks the user. May take as long as it takes. */
  CompletionStage<DriverResult<Boolean>> ask(AskUser question);

  /** Gets a new token; each is handed out once. */
  CompletionStage<DriverResult<OpenIdToken>> token(GetToken query);

  /** A decision that holds for every request of a widget. */
  enum Standing {
    ALLOWED,
    BLOCKED,
    /** Ask each time. */
    ASK
  }

  /** Is there a standing decision? */
  record GetStanding(String widgetId) implements DriverCall<Standing> {
    @Override
    public CompletionStage<DriverResult<Standing>> on(WidgetDriver driver) {
      return driver.openId().standing(this);
    }
  }

  /** May this widget prove who the user is? */
  record AskUser(String widgetId) implements DriverCall<Boolean> {
    @Override
    public CompletionStage<DriverResult<Boolean>> on(WidgetDriver driver) {
      return driver.openId().ask(this);
    }
  }

  /** A token for this widget. */
  record GetToken(String widgetId) implements DriverCall<OpenIdToken> {
    @Override
    public CompletionStage<DriverResult<OpenIdToken>> on(WidgetDriver driver) {
      return driver.openId().token(this);
    }
  }
}
