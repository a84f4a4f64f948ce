#!/bin/sh
# Makes the four test clips next to this script, from ffmpeg's own generators only (nothing recorded, nothing licensed).
# Made with ffmpeg 5.1.9, libopus 1.3.1 and libvpx 1.12.0; other versions give other bytes, which the tests accept.
set -eu
cd "$(dirname "$0")"

# Opus: 48 kHz mono, 20 ms packets, 20 s, about 24 kbit/s. A decaying tone every half second, in two scales.
opus() { # file, root frequency in Hz, semitones per step
  tone="$2*pow(2,mod(floor(t*2)*$3,12)/12)"
  ffmpeg -hide_banner -loglevel error -y -f lavfi \
    -i "aevalsrc='0.32*exp(-3*mod(t,0.5))*(sin(2*PI*t*$tone)+0.4*sin(4*PI*t*$tone))':s=48000:d=20" \
    -c:a libopus -b:a 24k -vbr constrained -ac 1 -frame_duration 20 -fflags +bitexact -flags +bitexact "$1"
}
opus fifths.ogg 261.63 7
opus fourths.ogg 196.00 5

# VP8: 320x180, 15 frames a second, 20 s, a key frame every 2 s (30 frames), no hidden frames, one thread.
vp8() { # file, generator, bit rate
  ffmpeg -hide_banner -loglevel error -y -f lavfi -i "$2=size=320x180:rate=15:duration=20$4" \
    -c:v libvpx -b:v "$3" -g 30 -keyint_min 30 -auto-alt-ref 0 -lag-in-frames 0 -deadline good -cpu-used 2 \
    -threads 1 -fflags +bitexact -flags +bitexact "$1"
}
vp8 testcard.ivf testsrc2 60k ""
vp8 gradient.ivf gradients 50k ":speed=0.02:seed=7:nb_colors=2:c0=0x123c69:c1=0xe8a33d"
