package io.matrixrtc.testkit.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What may stand in a field of a step. */
enum FieldType {
  /** The name of a device that the scenario declares. */
  DEVICE("a device"),
  /** A device, a list of them, or {@code everyone}: those who are in the call then. */
  DEVICES("a device, a list of devices, or everyone"),
  /** The name that an earlier step gave its moment with {@code as}. */
  MOMENT("the name of an earlier step's moment"),
  /** For example {@code 250ms} or {@code 1.5s}. */
  DURATION("a time such as 250ms or 1.5s"),
  /** A whole number from 1 to 1000. */
  COUNT("a number from 1 to 1000"),
  /** An HTTP status. */
  STATUS("a status from 400 to 599"),
  /** A share. */
  RATE("a share from 0 to 1"),
  /** A regular expression. */
  PATH("a regular expression for a path, such as /sendToDevice/"),
  /** A device or nothing. */
  NOTHING("nothing");

  /** Stands for those who are in the call. */
  static final String EVERYONE = "everyone";

  private static final Pattern TIME = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)(ms|s)");

  private final String wanted;

  FieldType(String wanted) {
    this.wanted = wanted;
  }

  String wanted() {
    return wanted;
  }

  /** What is known at a step. */
  record Names(Set<String> devices, Set<String> moments) {}

  /**
   * The value as the type that its step works with.
   *
   * @throws IllegalArgumentException with what is wrong, for people
   */
  Object read(YamlValue value, Names names) {
    return switch (this) {
      case DEVICE -> device(value, names);
      case DEVICES -> devices(value, names);
      case MOMENT -> known(text(value), names.moments(), "moment");
      case DURATION -> duration(text(value));
      case COUNT -> number(value, 1, 1000);
      case STATUS -> number(value, 400, 599);
      case RATE -> rate(text(value));
      case PATH -> path(text(value));
      case NOTHING -> nothing(value);
    };
  }

  private String text(YamlValue value) {
    if (value instanceof YamlValue.Scalar scalar && !scalar.text().isBlank()) {
      return scalar.text();
    }
    throw new IllegalArgumentException("want " + wanted);
  }

  private Object nothing(YamlValue value) {
    if (value instanceof YamlValue.Scalar scalar && scalar.text().isBlank()) {
      return "";
    }
    throw new IllegalArgumentException("want nothing after the colon");
  }

  private String device(YamlValue value, Names names) {
    return known(text(value), names.devices(), "device");
  }

  private List<String> devices(YamlValue value, Names names) {
    if (value instanceof YamlValue.Scalar scalar && scalar.text().equals(EVERYONE)) {
      return List.of(EVERYONE);
    }
    if (!(value instanceof YamlValue.Sequence sequence)) {
      return List.of(device(value, names));
    }
    Set<String> all = new LinkedHashSet<>();
    for (YamlValue item : sequence.items()) {
      all.add(device(item, names));
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("want at least one device");
    }
    return new ArrayList<>(all);
  }

  private static String known(String name, Set<String> names, String what) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "there is no " + what + " '" + name + "' here; " + Words.choices(name, names));
    }
    return name;
  }

  private Duration duration(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new IllegalArgumentException("want " + wanted + ", got '" + text + "'");
    }
    double unit = time.group(2).equals("s") ? 1000 : 1;
    return Duration.ofMillis(Math.round(Double.parseDouble(time.group(1)) * unit));
  }

  private Integer number(YamlValue value, int least, int most) {
    String text = text(value);
    int number = text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
    if (number < least || number > most) {
      throw new IllegalArgumentException("want " + wanted + ", got '" + text + "'");
    }
    return number;
  }

  private Double rate(String text) {
    if (!text.matches("0(\\.\\d{1,6})?|1(\\.0+)?")) {
      throw new IllegalArgumentException("want " + wanted + ", got '" + text + "'");
    }
    return Double.parseDouble(text);
  }

  private String path(String text) {
    try {
      return Pattern.compile(text).pattern();
    } catch (java.util.regex.PatternSyntaxException e) {
      throw new IllegalArgumentException("want " + wanted + ": " + e.getDescription(), e);
    }
  }
}
