-- What luacheck (Debian's lua-check) may take for granted: Lua 5.4 as REAPER 7 has it, and REAPER's own two tables.
std = 'lua54'
globals = {'gfx'} -- its fields are set: gfx.x, gfx.mouse_wheel, …
read_globals = {'reaper'}
self = false -- a method need not look at its object
max_line_length = 120

-- Ardour's Lua is 5.3, and its scripts hand themselves over in these names. A description there is one line.
files['**/ardour/*.lua'] = {
  std = 'lua53', globals = {'factory'}, read_globals = {'ardour', 'ARDOUR', 'Editor', 'Session'},
  max_line_length = false,
}
