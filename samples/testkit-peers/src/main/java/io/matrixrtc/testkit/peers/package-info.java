/**
 * Other implementations as devices of scripted calls: {@link io.matrixrtc.testkit.peers.JsSdk}
 * (matrix-js-sdk in Node) and {@link io.matrixrtc.testkit.peers.ElementCallBrowser} (Element Call
 * in Chromium, in our widget bridge). Their scripts and lock files are resources of this package;
 * npm fetches the rest, once, from the user's registry: see {@link
 * io.matrixrtc.testkit.peers.PeerFolders}. {@link io.matrixrtc.testkit.peers.PeerProcess} is for
 * those who bring an implementation of their own.
 */
@NullMarked
package io.matrixrtc.testkit.peers;

import org.jspecify.annotations.NullMarked;
