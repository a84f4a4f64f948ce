package io.matrixrtc.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/** The packages of rtc-core, lowest first, and what each may use. */
@AnalyzeClasses(packages = "io.matrixrtc", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageRulesTest {
  private static final String[] PLATFORM = {
    "java..", "javax.crypto..", "javax.security.auth..", "org.jspecify.annotations.."
  };

  @ArchTest static final ArchRule ENCODING_USES_NOTHING = mayUse("encoding", List.of());

  @ArchTest
  static final ArchRule JSON = mayUse("json", List.of("encoding"), "com.fasterxml.jackson..");

  @ArchTest static final ArchRule CIPHER_USES_NOTHING = mayUse("cipher", List.of());

  @ArchTest
  static final ArchRule OLM = mayUse("olm", List.of("encoding", "cipher"), "org.bouncycastle..");

  @ArchTest static final ArchRule MEDIA_USES_NOTHING = mayUse("media", List.of());

  @ArchTest
  static final ArchRule E2EE =
      mayUse(
          "e2ee",
          List.of("encoding", "json", "cipher", "olm"),
          "com.fasterxml.jackson..",
          "org.slf4j..",
          "org.bouncycastle..",
          "org.sqlite..");

  @ArchTest
  static final ArchRule ONLY_ITS_SQLITE_STORE_NEEDS_A_DATABASE =
      noClasses()
          .that()
          .resideInAnyPackage(
              packages("encoding", "json", "media", "e2ee", "keys", "session", "client"))
          .and()
          .resideOutsideOfPackage("io.matrixrtc.e2ee.sqlite..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.matrixrtc.e2ee.sqlite..", "org.sqlite..", "java.sql..", "org.bouncycastle..")
          .because("sqlite-jdbc is optional");

  @ArchTest
  static final ArchRule KEYS =
      mayUse("keys", List.of("json", "media"), "com.fasterxml.jackson..", "org.slf4j..");

  @ArchTest
  static final ArchRule SESSION =
      mayUse("session", List.of("json", "media", "keys"), "com.fasterxml.jackson..", "org.slf4j..");

  @ArchTest
  static final ArchRule CLIENT =
      mayUse(
          "client",
          List.of("encoding", "json", "olm", "media", "e2ee", "keys", "session"),
          "com.fasterxml.jackson..",
          "org.slf4j..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.matrixrtc.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule CORES_HAVE_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(
              packages("encoding", "json", "olm", "media", "e2ee", "keys", "session"))
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .because("time comes from the caller");

  @ArchTest
  static final ArchRule CORES_HAVE_NO_SOCKETS =
      noClasses()
          .that()
          .resideInAnyPackage(
              packages("encoding", "json", "olm", "media", "e2ee", "keys", "session"))
          .and()
          .resideOutsideOfPackage("io.matrixrtc.e2ee.sqlite..") // a file is locked there
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "java.nio.channels..", "javax.net..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.net.Socket");

  @ArchTest
  static final ArchRule CORES_HAVE_NO_UNSEEDED_RANDOM =
      noClasses()
          .that()
          .resideInAnyPackage(
              packages("encoding", "json", "olm", "media", "e2ee", "keys", "session"))
          .should()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom");

  @ArchTest
  static final ArchRule HOT_PATH_USES_THE_JDK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.bouncycastle.crypto.engines..",
              "org.bouncycastle.crypto.modes..",
              "org.bouncycastle.crypto.macs..")
          .because("AES and HMAC of the JDK are many times faster");

  @ArchTest
  static final ArchRule NO_BIN_PACKAGES =
      noClasses()
          .should()
          .resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..", "..model..");

  private static ArchRule mayUse(String name, List<String> ours, String... libraries) {
    List<String> allowed = new ArrayList<>(List.of(PLATFORM));
    allowed.add("io.matrixrtc." + name + "..");
    ours.forEach(other -> allowed.add("io.matrixrtc." + other + ".."));
    allowed.addAll(List.of(libraries));
    return classes()
        .that()
        .resideInAPackage("io.matrixrtc." + name + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(new String[0]))
        .allowEmptyShould(true);
  }

  private static String[] packages(String... names) {
    List<String> packages = new ArrayList<>();
    for (String name : names) {
      packages.add("io.matrixrtc." + name + "..");
    }
    return packages.toArray(new String[0]);
  }
}
