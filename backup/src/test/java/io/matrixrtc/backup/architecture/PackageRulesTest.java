package io.matrixrtc.backup.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** The packages of this module, and what they may use. */
@AnalyzeClasses(
    packages = "io.matrixrtc.backup",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PackageRulesTest {
  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.matrixrtc.backup.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule FORMATS_KNOW_NOTHING_OF_THE_BACKUP =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.matrixrtc.backup.cipher",
              "io.matrixrtc.backup.recovery",
              "io.matrixrtc.backup.roomkey")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.matrixrtc.backup");

  @ArchTest
  static final ArchRule NO_CALLS_AND_MEDIA =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "io.matrixrtc.media..",
                      "io.matrixrtc.keys..",
                      "io.matrixrtc.session..",
                      "io.matrixrtc.livekit..")
                  .and(not(describe("ports that know no media keys", PackageRulesTest::isPort))))
          .because("media keys are never backed up");

  private static boolean isPort(JavaClass used) {
    return Stream.of(
            "SerialScheduler",
            "PoolScheduler",
            "ToDeviceChannel",
            "DeviceAddress",
            "SenderEvidence")
        .anyMatch(port -> used.getName().matches("io\\.matrixrtc\\.keys\\." + port + "(\\$.*)?"));
  }

  @ArchTest
  static final ArchRule NO_CURVES_OF_OUR_OWN =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.bouncycastle..");

  @ArchTest
  static final ArchRule NO_CLOCK =
      noClasses()
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .because("time comes from the caller");

  @ArchTest
  static final ArchRule NO_UNSEEDED_RANDOM =
      noClasses()
          .should()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom");

  @ArchTest
  static final ArchRule NO_SOCKETS_AND_DATABASES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "javax.net..", "java.sql..", "org.sqlite..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.net.Socket");

  @ArchTest
  static final ArchRule NO_BIN_PACKAGES =
      noClasses()
          .should()
          .resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..", "..model..");
}
