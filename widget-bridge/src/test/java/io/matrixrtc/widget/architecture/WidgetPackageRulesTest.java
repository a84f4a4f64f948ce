package io.matrixrtc.widget.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The packages of the widget bridge, and what each may use. */
@AnalyzeClasses(
    packages = "io.matrixrtc.widget",
    importOptions = ImportOption.DoNotIncludeTests.class)
class WidgetPackageRulesTest {

  @ArchTest
  static final ArchRule API_USES_JSON_ALONE =
      classes()
          .that()
          .resideInAPackage("io.matrixrtc.widget.api..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang..",
              "java.util..",
              "java.net",
              "java.nio.charset",
              "java.time",
              "org.jspecify.annotations..",
              "com.fasterxml.jackson..",
              "io.matrixrtc.json",
              "io.matrixrtc.widget.api..");

  @ArchTest
  static final ArchRule HOST_KNOWS_NO_HTTP_NO_OLM_AND_NO_VERTX =
      classes()
          .that()
          .resideInAPackage("io.matrixrtc.widget.host..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang..",
              "java.util..",
              "java.nio.charset",
              "java.time",
              "org.jspecify.annotations..",
              "org.slf4j..",
              "com.fasterxml.jackson..",
              "io.matrixrtc.json",
              "io.matrixrtc.keys",
              "io.matrixrtc.widget.api..",
              "io.matrixrtc.widget.host..");

  @ArchTest
  static final ArchRule CLIENT_KNOWS_NO_HOST =
      classes()
          .that()
          .resideInAPackage("io.matrixrtc.widget.client..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang..",
              "java.util..",
              "java.net",
              "java.time",
              "org.jspecify.annotations..",
              "org.java_websocket..",
              "com.fasterxml.jackson..",
              "io.matrixrtc.json",
              "io.matrixrtc.keys",
              "io.matrixrtc.session",
              "io.matrixrtc.widget.api..",
              "io.matrixrtc.widget.relay..",
              "io.matrixrtc.widget.client..");

  @ArchTest
  static final ArchRule RELAY_KNOWS_NOTHING =
      classes()
          .that()
          .resideInAPackage("io.matrixrtc.widget.relay..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang..",
              "java.util..",
              "java.time",
              "org.jspecify.annotations..",
              "io.matrixrtc.widget.relay..");

  @ArchTest
  static final ArchRule ONLY_THE_RELAY_CONNECTION_HAS_A_SOCKET =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.matrixrtc\\.widget\\.client\\.RelayConnection.*")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.java_websocket..");

  @ArchTest
  static final ArchRule DRIVERS_KNOW_ACCOUNTS_AND_THE_HOST_AND_NOBODY_KNOWS_THEM =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.matrixrtc.widget.api..",
              "io.matrixrtc.widget.host..",
              "io.matrixrtc.widget.client..",
              "io.matrixrtc.widget.bridge..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.matrixrtc.widget.drivers..",
              "io.matrixrtc.widget.embed..",
              "io.matrixrtc.client..",
              "io.matrixrtc.e2ee..");

  @ArchTest
  static final ArchRule ONLY_THE_BRIDGE_KNOWS_VERTX =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.matrixrtc.widget.bridge..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..");

  @ArchTest
  static final ArchRule ONLY_EMBED_KNOWS_THE_BRIDGE =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.matrixrtc.widget.bridge..", "io.matrixrtc.widget.embed..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.matrixrtc.widget.bridge..", "io.matrixrtc.widget.embed..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.matrixrtc.widget.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule CORES_HAVE_NO_CLOCK_AND_NO_CHANCE_OF_THEIR_OWN =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.matrixrtc.widget.api..",
              "io.matrixrtc.widget.host..",
              "io.matrixrtc.widget.relay..",
              "io.matrixrtc.widget.client..")
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom");

  @ArchTest
  static final ArchRule ONLY_THE_SHELL_LOGS_AND_SCHEDULES =
      noClasses()
          .that()
          .resideInAPackage("io.matrixrtc.widget.host..")
          .and()
          .doNotHaveSimpleName("WidgetHost")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.matrixrtc.keys.SerialScheduler")
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("org.slf4j..");
}
