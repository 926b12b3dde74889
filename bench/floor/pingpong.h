/*
 * Two processes that answer each other through shared memory: what remains of a call without functions, values and JavaScript.
 *
 * The including file says how a process waits for a word (`await_word`), how it tells the other that it changed one
 * (`tell_word`), and where the two sides run, which are 0 and 1 (`place`). Usage of the program:
 *
 *   PROGRAM TURN_MS             one round trip after the other for so long
 *   PROGRAM CALLS SILENCE_MS    so many, a pause before each
 *
 * Prints the times of the round trips in nanoseconds, a line each, in ascending order; of many only every n-th.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void await_word(atomic_uint *word, uint32_t value);
static void tell_word(atomic_uint *word);
static void place(int side);

enum { WARM_UP_MS = 5, MAX_SAMPLES = 1 << 21, PRINTED = 1000 };
/* What ends the child; no round has this number. */
static const uint32_t STOP = UINT32_MAX;

/* A cache line for each direction, as any real ring has. */
struct board {
  _Alignas(64) atomic_uint request;
  _Alignas(64) atomic_uint answer;
};

static void set_word(atomic_uint *word, uint32_t value) {
  atomic_store_explicit(word, value, memory_order_release);
  tell_word(word);
}

/* The side that is called: answers each round with its number. */
static void answer_rounds(struct board *board) {
  /* Whoever kills the parent must not leave a spinning process behind. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  place(1);
  for (uint32_t round = 1;; round++) {
    await_word(&board->request, round);
    if (atomic_load(&board->request) == STOP) _exit(0);
    set_word(&board->answer, round);
  }
}

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t round_trip(struct board *board, uint32_t round) {
  uint64_t start = now_ns();
  set_word(&board->request, round);
  await_word(&board->answer, round);
  return now_ns() - start;
}

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 3) return 2;
  struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  uint64_t *samples = malloc(MAX_SAMPLES * sizeof *samples);
  if (board == MAP_FAILED || samples == NULL) return 1;
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) answer_rounds(board);
  place(0);

  uint32_t round = 1;
  uint64_t warm = now_ns() + WARM_UP_MS * 1000000u;
  /* By the clock: where others want the processors, a spinning round trip can take as long as they have them. */
  while (now_ns() < warm) round_trip(board, round++);
  size_t count = 0;
  if (argc == 2) {
    uint64_t end = now_ns() + (uint64_t)(atof(argv[1]) * 1e6);
    while (now_ns() < end && count < MAX_SAMPLES) samples[count++] = round_trip(board, round++);
  } else {
    size_t calls = (size_t)atol(argv[1]);
    struct timespec silence = {.tv_sec = 0, .tv_nsec = (long)(atof(argv[2]) * 1e6)};
    while (count < calls && count < MAX_SAMPLES) {
      nanosleep(&silence, NULL);
      samples[count++] = round_trip(board, round++);
    }
  }
  set_word(&board->request, STOP);
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0 || count == 0) return 1;

  qsort(samples, count, sizeof *samples, compare);
  size_t printed = count < PRINTED ? count : PRINTED;
  for (size_t i = 0; i < printed; i++) printf("%llu\n", (unsigned long long)samples[i * count / printed]);
  return 0;
}
