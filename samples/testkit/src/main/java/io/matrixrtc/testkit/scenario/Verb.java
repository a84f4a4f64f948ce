package io.matrixrtc.testkit.scenario;

import static io.matrixrtc.testkit.scenario.FieldType.COUNT;
import static io.matrixrtc.testkit.scenario.FieldType.DEVICE;
import static io.matrixrtc.testkit.scenario.FieldType.DEVICES;
import static io.matrixrtc.testkit.scenario.FieldType.DURATION;
import static io.matrixrtc.testkit.scenario.FieldType.MOMENT;
import static io.matrixrtc.testkit.scenario.FieldType.NOTHING;
import static io.matrixrtc.testkit.scenario.FieldType.PATH;
import static io.matrixrtc.testkit.scenario.FieldType.RATE;
import static io.matrixrtc.testkit.scenario.FieldType.STATUS;

import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.testkit.relay.LinkFaults;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallFaults;
import io.matrixrtc.testkit.script.Expect;
import io.matrixrtc.testkit.script.Moment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a step of a scenario can do. The first field may stand alone, without its name. */
@SuppressWarnings("ImmutableEnumChecker") // lambdas that hold nothing, and a List.of
enum Verb {
  /** Devices sign in and join, one after the other. */
  START(stage -> stage.start(), field("devices", DEVICES)),
  JOIN(stage -> stage.device().join(), field("device", DEVICE)),
  LEAVE(stage -> stage.device().leave(), field("device", DEVICE)),
  RELOAD(stage -> stage.device().reload(), field("device", DEVICE)),
  CRASH(stage -> stage.device().crash(), field("device", DEVICE)),
  MUTE(stage -> stage.device().mute(), field("device", DEVICE)),
  UNMUTE(stage -> stage.device().unmute(), field("device", DEVICE)),
  SIGN(
      stage -> stage.device().signedBy(stage.device("by")),
      field("device", DEVICE),
      field("by", DEVICE)),
  /** Lets media time pass. */
  WAIT(
      stage -> {
        stage.call().goOn(stage.time("time"));
        return stage.now();
      },
      field("time", DURATION)),

  /** Listener hears sender; everyone by default. */
  HEAR(Stage::hear, field("listener", DEVICES), maybe("sender", DEVICES)),
  KEEP_HEARING(
      stage -> {
        stage.call().expect(stage.device("listener")).toGoOnHearing(stage.device("sender"));
        return stage.now();
      },
      field("listener", DEVICE),
      field("sender", DEVICE)),
  /** Listener cannot open frames of sender. */
  NOT_HEAR(
      Stage::notHear,
      field("listener", DEVICE),
      field("sender", DEVICE),
      maybe("since", MOMENT),
      maybe("before", MOMENT)),
  /** Encrypts with a key made since a moment; its own moment is when that key was first used. */
  ROTATED(Stage::rotated, field("device", DEVICES), field("since", MOMENT)),
  SERVED(
      stage -> {
        stage.call().expect(stage.device("sender")).toHaveServed(stage.device("to"), stage.since());
        return stage.now();
      },
      field("sender", DEVICE),
      field("to", DEVICE),
      field("since", MOMENT)),
  REFUSED(
      stage -> {
        CallDevice to = stage.device("to");
        return stage.each("sender", sender -> sender.toHaveRefusedAKeyTo(to));
      },
      field("sender", DEVICES),
      field("to", DEVICE)),
  /** Was given the key that another device encrypts with now. */
  HAS_KEY(
      stage -> {
        CallDevice of = stage.device("of");
        return stage.each("device", device -> device.toHaveTheKeyOf(of));
      },
      field("device", DEVICES),
      field("of", DEVICE)),
  /** Was given no key of another device; {@code control} was. */
  NO_KEY(
      stage -> {
        CallDevice control = stage.device("control");
        stage.call().expect(stage.device()).not().toHaveAKeyOf(stage.device("of"), control);
        return stage.now();
      },
      field("device", DEVICE),
      field("of", DEVICE),
      field("control", DEVICE)),
  SERVED_BEFORE_USE(
      stage -> stage.each("device", Expect::toHaveUsedKeysOnlyOnceServed),
      field("device", DEVICES)),
  SERVER_SAW_NO_KEY_OF(Stage::serverSawNoKey, field("device", DEVICES)),

  TOO_MANY_REQUESTS(
      stage ->
          stage.fault(
              faults ->
                  faults.tooManyRequests(
                      stage.path(), stage.count("times"), stage.time("retry-after"))),
      field("path", PATH),
      field("times", COUNT),
      field("retry-after", DURATION),
      maybe("of", DEVICE)),
  SERVER_ERRORS(
      stage ->
          stage.fault(
              faults ->
                  faults.serverErrors(stage.path(), stage.count("times"), stage.count("status"))),
      field("path", PATH),
      field("times", COUNT),
      field("status", STATUS),
      maybe("of", DEVICE)),
  LOSE_ANSWERS(
      stage -> stage.fault(faults -> faults.loseAnswers(stage.path(), stage.count("times"))),
      field("path", PATH),
      field("times", COUNT),
      maybe("of", DEVICE)),
  DROP_REQUESTS(
      stage -> stage.fault(faults -> faults.dropRequests(stage.path(), stage.count("times"))),
      field("path", PATH),
      field("times", COUNT),
      maybe("of", DEVICE)),
  DELAY_REQUESTS(
      stage -> stage.fault(faults -> faults.delayRequests(stage.path(), stage.time("by"))),
      field("path", PATH),
      field("by", DURATION),
      maybe("of", DEVICE)),
  /** A request waits until others have gone first. */
  REORDER_REQUESTS(
      stage ->
          stage.fault(
              faults ->
                  faults.reorderRequests(
                      stage.path(),
                      stage.count("times"),
                      stage.count("others"),
                      stage.time("at-most"))),
      field("path", PATH),
      field("times", COUNT),
      field("others", COUNT),
      field("at-most", DURATION),
      maybe("of", DEVICE)),
  DELAY_ANSWERS(
      stage -> stage.fault(faults -> faults.delayAnswers(stage.path(), stage.time("by"))),
      field("path", PATH),
      field("by", DURATION),
      maybe("of", DEVICE)),
  /** Cuts a device's user off from the homeserver. */
  PARTITION(
      stage -> stage.fault(faults -> faults.dropRequests("/", FaultRule.ALWAYS)),
      field("of", DEVICE)),
  /** Every fault of the homeserver has met as many requests as it was made for. */
  FAULTS_HAPPENED(Stage::faultsHappened, field("faults", NOTHING)),
  /** Ends all faults of the homeserver. */
  HEAL(Stage::heal, field("faults", NOTHING)),
  RESTART_SERVER(stage -> stage.faults(CallFaults::restartServer), field("now", NOTHING)),
  WITHHOLD_SYNC(
      stage -> stage.faults(faults -> faults.withholdSync(stage.device())),
      field("device", DEVICE)),
  RELEASE_SYNC(
      stage -> stage.faults(faults -> faults.releaseSync(stage.device())), field("device", DEVICE)),
  /** The homeserver sends the delayed leave of a device that crashed. */
  DEAD_MAN_SWITCH(
      stage -> stage.faults(faults -> faults.deadManSwitchFires(stage.device())),
      field("device", DEVICE)),
  /** Frames to a device are dropped, delayed, reordered. */
  LINK(
      stage -> stage.faults(faults -> faults.link(stage.device(), link(stage))),
      field("device", DEVICE),
      maybe("drop", RATE),
      maybe("reorder", RATE),
      maybe("delay", DURATION)),
  MEND_LINK(
      stage -> stage.faults(faults -> faults.mendLink(stage.device())), field("device", DEVICE));

  /** Does a step and says when it began, or what its description says. */
  interface Action {
    Moment act(Stage stage);
  }

  /** A field of a step. */
  record Field(String name, FieldType type, boolean required) {}

  private final Action action;
  private final List<Field> fields;

  Verb(Action action, Field... fields) {
    this.action = action;
    this.fields = List.of(fields);
  }

  private static Field field(String name, FieldType type) {
    return new Field(name, type, true);
  }

  private static Field maybe(String name, FieldType type) {
    return new Field(name, type, false);
  }

  private static LinkFaults link(Stage stage) {
    return LinkFaults.seeded(stage.call().settings().seed())
        .dropping(stage.rate("drop"))
        .reordering(stage.rate("reorder"), 4)
        .delaying(stage.timeOr("delay", Duration.ZERO), Duration.ZERO);
  }

  Action action() {
    return action;
  }

  List<Field> fields() {
    return fields;
  }

  /** As it is written in a file. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Verb> of(String word) {
    return Arrays.stream(values()).filter(verb -> verb.word().equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Verb::word).toList();
  }
}
