// G3: the control group of a container as it is read inside it.
#include "fleet/container/cgroup.hpp"

#include "base/process.hpp"
#include "support/catch.hpp"

using namespace deskloom;

TEST_CASE("G3: cgroup v2 says what a container may have and has used") {
  const auto reading = fleet::parse_cgroup(
      "cpu.max 150000 100000\nmemory.max 268435456\nmemory.current 1048576\n"
      "cpu.stat usage_usec 2500\ncpu.stat user_usec 1000\n"
      "io.stat 8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\nio.stat 8:16 rbytes=1 wbytes=0\n"
      "dev Inter-|   Receive  |  Transmit\ndev face |bytes packets errs\n"
      "dev lo: 500 5 0 0 0 0 0 0 500 5 0 0 0 0 0 0\ndev eth0: 1000 9 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n");
  CHECK(reading.cpus == 1.5);
  CHECK(reading.memory_limit_bytes == 268435456);
  CHECK(reading.memory_bytes == 1048576);
  CHECK(reading.cpu_ns == 2'500'000);
  CHECK(reading.storage_bytes == 4096 + 8192 + 1);
  CHECK(reading.network_bytes == 1200);
}

TEST_CASE("G3: cgroup v1 says the same in files of its own") {
  const auto reading = fleet::parse_cgroup(
      "cpu.cfs_quota_us 200000\ncpu.cfs_period_us 100000\nmemory.limit_in_bytes 134217728\n"
      "memory.usage_in_bytes 4096\ncpuacct.usage 87242420\n"
      "blkio.throttle.io_service_bytes 8:0 Read 4096\nblkio.throttle.io_service_bytes 8:0 Write 1\n"
      "blkio.throttle.io_service_bytes 8:0 Total 4097\nblkio.throttle.io_service_bytes Total 4097\n");
  CHECK(reading.cpus == 2);
  CHECK(reading.memory_limit_bytes == 134217728);
  CHECK(reading.memory_bytes == 4096);
  CHECK(reading.cpu_ns == 87242420);
  CHECK(reading.storage_bytes == 4097);
}

TEST_CASE("G3: no limit is none, however it is said") {
  const auto v2 = fleet::parse_cgroup("cpu.max max 100000\nmemory.max max\n");
  CHECK_FALSE(v2.cpus);
  CHECK_FALSE(v2.memory_limit_bytes);
  const auto v1 = fleet::parse_cgroup(
      "cpu.cfs_quota_us -1\ncpu.cfs_period_us 100000\nmemory.limit_in_bytes 9223372036854771712\n");
  CHECK_FALSE(v1.cpus);
  CHECK_FALSE(v1.memory_limit_bytes);
}

TEST_CASE("G3: what is no such file counts for nothing") {
  const auto reading = fleet::parse_cgroup(
      "\n \ncpu.max\ncpu.max 5 0\nmemory.max -\nmemory.current x\ncpu.stat\nio.stat 8:0 rbytes=x wbytes\n"
      "dev eth0: 1\ndev : 1 1 1 1 1 1 1 1\nnonsense 12\n");
  CHECK_FALSE(reading.cpus);
  CHECK_FALSE(reading.memory_limit_bytes);
  CHECK(reading.memory_bytes == 0);
  CHECK(reading.storage_bytes == 0);
  CHECK(reading.network_bytes == 0);
}

TEST_CASE("G3: the command that prints them runs in any shell, and reads this machine's") {
  const auto printed = base::run_process(fleet::cgroup_command());
  CHECK(printed.exit_code == 0);
  CHECK(printed.out.find("dev ") != std::string::npos);
}
