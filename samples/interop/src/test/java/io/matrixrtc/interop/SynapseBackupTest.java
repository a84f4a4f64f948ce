package io.matrixrtc.interop;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link BackupTest}, on a Synapse that runs already. */
@Tag("interop")
class SynapseBackupTest {
  @TempDir private Path directory;
  private World world;
  private BackupScenario scenario;
  private DehydrationScenario dehydration;

  @BeforeEach
  void start() {
    String suffix = UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);
    world = new World("SynapseBackup", URI.create(System.getProperty("interop.homeserver")));
    scenario = new BackupScenario(world, name -> name + "-" + suffix, directory);
    dehydration = new DehydrationScenario(world, name -> name + "-" + suffix);
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  @Test
  void weRestoreWhatTheSdkBackedUp() throws Exception {
    scenario.weRestoreWhatTheSdkBackedUp();
  }

  @Test
  void theSdkRestoresWhatWeBackedUp() throws Exception {
    scenario.theSdkRestoresWhatWeBackedUp();
  }

  @Test
  void keyFilesGoBothWays() throws Exception {
    scenario.keyFilesGoBothWays();
  }

  @Test
  void historyOfTheSdkIsTakenByUs() throws Exception {
    scenario.historyOfTheSdkIsTakenByUs();
  }

  @Test
  void historyOfOursIsTakenByTheSdk() throws Exception {
    scenario.historyOfOursIsTakenByTheSdk();
  }

  @Test
  void weReadWhatTheSdksDehydratedDeviceGot() throws Exception {
    dehydration.weReadWhatTheSdksDeviceGot();
  }

  @Test
  void theSdkReadsWhatOurDehydratedDeviceGot() throws Exception {
    dehydration.theSdkReadsWhatOurDeviceGot();
  }
}
